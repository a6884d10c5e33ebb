package io.polarj.sql.parse;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.parse.generated.SqlParserImplConstants;
import io.polarj.sql.parse.generated.SqlParserImplTokenManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the generated parser the tokens of MySQL's lexer, in the place of JavaCC's own. A word is a
 * keyword only where MySQL has it as one, else a name: Calcite's reserved words are not ours.
 * Positions are offsets: column 1 is the statement's first character, whatever its line. One use.
 */
final class MySqlTokenSource extends SqlParserImplTokenManager {
  private static final int MAX_DEPTH = 150;

  /** Reserved words that the grammar knows. */
  private static final Set<String> KEYWORDS =
      Set.of(
          """
          ALL AND AS ASC BETWEEN BINARY BOTH BY CASE CHARACTER COLLATE CROSS DEC DECIMAL DELAYED DELETE DESC
          DISTINCT DISTINCTROW DIV DOUBLE DUAL ELSE EXCEPT EXISTS FALSE FLOAT FOR FORCE FROM GROUP HAVING
          HIGH_PRIORITY IGNORE IN INDEX INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN KEY LEADING LEFT
          LIKE LIMIT LOCK LOW_PRIORITY NATURAL NOT NULL NUMERIC OF ON OR ORDER OUTER OVER PRECISION PRIMARY
          REAL REGEXP REPLACE RIGHT ROW SELECT SEPARATOR SET SQL_CALC_FOUND_ROWS STRAIGHT_JOIN THEN TRAILING
          TRUE UNION UNSIGNED UPDATE USE USING VALUES VARCHAR WHEN WHERE WITH XOR\
          """
              .split("\\s+"));

  private static final Map<String, Integer> KINDS = kinds();

  private final List<Token> tokens;
  private final boolean pipesAsConcat;
  private final boolean inserts;
  private int index;
  private int depth;
  private int cases;
  private boolean options;
  private boolean locks;
  private boolean duplicates;

  MySqlTokenSource(TokenStream in, boolean pipesAsConcat) {
    super(null);
    this.tokens = in.rest();
    this.pipesAsConcat = pipesAsConcat;
    this.inserts = tokens.get(0).is("INSERT") || tokens.get(0).is("REPLACE");
  }

  /** Kinds by the word or sign that the grammar gives as their image. */
  private static Map<String, Integer> kinds() {
    Map<String, Integer> kinds = new HashMap<>();
    String[] images = SqlParserImplConstants.tokenImage;
    for (int i = 0; i < images.length; i++) {
      String image = images[i];
      if (image.length() > 2 && image.startsWith("\"") && image.endsWith("\"")) {
        kinds.putIfAbsent(image.substring(1, image.length() - 1), i);
      }
    }
    kinds.put("!=", SqlParserImplConstants.NE);
    kinds.put("<=>", SqlParserImplConstants.NULL_SAFE_EQ);
    kinds.put("&&", SqlParserImplConstants.AND);
    kinds.put("!", SqlParserImplConstants.BANG);
    kinds.put("~", SqlParserImplConstants.BIT_NOT);
    kinds.put("|", SqlParserImplConstants.BIT_OR_SIGN);
    kinds.put(">>", SqlParserImplConstants.RIGHTSHIFT);
    kinds.put("%", SqlParserImplConstants.MOD);
    kinds.put("->", SqlParserImplConstants.JSON_ARROW);
    kinds.put("->>", SqlParserImplConstants.JSON_UNQUOTE_ARROW);
    kinds.put(":=", SqlParserImplConstants.ASSIGN_SIGN);
    return kinds;
  }

  /** A token that carries the value the lexer read. */
  private static final class Lexed extends io.polarj.sql.parse.generated.Token {
    private static final long serialVersionUID = 1L;
    private final transient Object value;

    Lexed(int kind, String image, Object value, int start, int end) {
      super(kind, image);
      this.value = value;
      this.beginLine = 1;
      this.endLine = 1;
      this.beginColumn = start + 1;
      this.endColumn = end;
    }

    @Override
    public Object getValue() {
      return value;
    }
  }

  @Override
  public io.polarj.sql.parse.generated.Token getNextToken() {
    int first = index;
    Token token = tokens.get(first);
    options &= token.kind() == TokenKind.WORD;
    int kind = kind(token);
    Token last = tokens.get(index);
    index = Math.min(index + 1, tokens.size() - 1);
    Object value =
        switch (token.kind()) {
          case STRING, BYTES -> token.value();
          default -> token.text();
        };
    return new Lexed(kind, token.text(), value, token.start(), last.end());
  }

  private Token ahead(int distance) {
    return tokens.get(Math.min(index + distance, tokens.size() - 1));
  }

  private Token before(int distance) {
    return tokens.get(Math.max(0, index - distance));
  }

  private boolean after(String word) {
    return index > 0 && before(1).is(word);
  }

  private int kind(Token token) {
    return switch (token.kind()) {
      case WORD -> word(token.upper());
      case QUOTED_IDENTIFIER -> SqlParserImplConstants.IDENTIFIER;
      case STRING ->
          token.value() instanceof String
              ? SqlParserImplConstants.MYSQL_STRING
              : SqlParserImplConstants.MYSQL_BYTES;
      case BYTES -> SqlParserImplConstants.MYSQL_BYTES;
      case INTEGER -> SqlParserImplConstants.UNSIGNED_INTEGER_LITERAL;
      case DECIMAL -> SqlParserImplConstants.DECIMAL_NUMERIC_LITERAL;
      case DOUBLE -> SqlParserImplConstants.APPROX_NUMERIC_LITERAL;
      case PARAMETER -> SqlParserImplConstants.HOOK;
      case USER_VARIABLE -> {
        if (ahead(1).isOperator(":=")) {
          throw unsupported("assignment to a user variable in an expression");
        }
        yield SqlParserImplConstants.USER_VARIABLE;
      }
      case SYSTEM_VARIABLE -> SqlParserImplConstants.SYSTEM_VARIABLE;
      case OPERATOR -> operator(token.text());
      case END -> SqlParserImplConstants.EOF;
    };
  }

  private int operator(String text) {
    if (text.equals("(")) {
      deeper();
    } else if (text.equals(")")) {
      depth--;
    } else if (text.equals("||")) {
      return pipesAsConcat ? SqlParserImplConstants.CONCAT : SqlParserImplConstants.OR;
    }
    return KINDS.getOrDefault(text, SqlParserImplConstants.RESERVED);
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw unsupported("expressions nested deeper than " + MAX_DEPTH);
    }
  }

  private static RuntimeException unsupported(String what) {
    return SqlError.NOT_SUPPORTED_YET.with(what);
  }

  private int word(String word) {
    if (index > 0 && before(1).isOperator(".")) {
      return SqlParserImplConstants.IDENTIFIER;
    }
    refuse(word);
    boolean call = ahead(1).isOperator("(");
    options = word.equals("SELECT") || (options && isSelectOption(word));
    int special = call ? function(word) : withoutCall(word);
    if (special >= 0) {
      return special;
    }
    if (KEYWORDS.contains(word)) {
      return keyword(word);
    }
    int contextual = contextual(word, call);
    if (contextual >= 0) {
      return contextual;
    }
    return Keywords.reserved(word) && !call
        ? SqlParserImplConstants.RESERVED
        : SqlParserImplConstants.IDENTIFIER;
  }

  private static boolean isSelectOption(String word) {
    return switch (word) {
      case "ALL",
          "DISTINCT",
          "DISTINCTROW",
          "HIGH_PRIORITY",
          "STRAIGHT_JOIN",
          "SQL_SMALL_RESULT",
          "SQL_BIG_RESULT",
          "SQL_BUFFER_RESULT",
          "SQL_NO_CACHE",
          "SQL_CACHE",
          "SQL_CALC_FOUND_ROWS" ->
          true;
      default -> false;
    };
  }

  /** What MySQL has and this server has not. */
  private void refuse(String word) {
    Token next = ahead(1);
    boolean unknown =
        switch (word) {
          case "RECURSIVE" -> after("WITH");
          case "LATERAL", "WINDOW", "PARTITION" -> true;
          case "MATCH" -> next.isOperator("(");
          case "MEMBER" -> next.is("OF");
          case "SOUNDS" -> next.is("LIKE");
          case "OVER" -> next.isOperator("(") || next.kind() == TokenKind.WORD;
          case "INTO" ->
              !after("INSERT")
                  && !after("REPLACE")
                  && !after("IGNORE")
                  && !after("LOW_PRIORITY")
                  && !after("HIGH_PRIORITY")
                  && !after("DELAYED");
          default -> false;
        };
    if (unknown) {
      throw unsupported(
          switch (word) {
            case "RECURSIVE" -> "WITH RECURSIVE";
            case "WINDOW", "OVER" -> "window functions";
            case "PARTITION" -> "partitions";
            case "MATCH" -> "MATCH ... AGAINST";
            case "INTO" -> "SELECT ... INTO";
            default -> word;
          });
    }
  }

  /** Words before a parenthesis, or -1. */
  private int function(String word) {
    return switch (word) {
      case "CAST",
          "CONVERT",
          "EXTRACT",
          "TRIM",
          "POSITION",
          "TIMESTAMPDIFF",
          "TIMESTAMPADD",
          "GROUP_CONCAT" ->
          KINDS.get(word);
      case "SUBSTRING", "SUBSTR", "MID" -> SqlParserImplConstants.SUBSTRING_FUNCTION;
      case "CHAR" -> SqlParserImplConstants.CHAR_FUNCTION;
      case "DEFAULT" -> SqlParserImplConstants.DEFAULT_FUNCTION;
      case "VALUES" ->
          duplicates ? SqlParserImplConstants.VALUES_FUNCTION : SqlParserImplConstants.VALUES;
      case "VALUE" -> inserts && depth == 0 ? SqlParserImplConstants.VALUE : -1;
      case "LEFT", "RIGHT", "REPLACE", "INSERT" -> SqlParserImplConstants.IDENTIFIER;
      case "MOD" ->
          operandBefore() ? SqlParserImplConstants.MOD : SqlParserImplConstants.IDENTIFIER;
      default -> -1;
    };
  }

  private int withoutCall(String word) {
    return switch (word) {
      case "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "UTC_DATE",
          "UTC_TIME",
          "UTC_TIMESTAMP",
          "CURRENT_USER" ->
          SqlParserImplConstants.NILADIC_FUNCTION;
      case "CHAR" -> SqlParserImplConstants.CHAR;
      case "DEFAULT" -> SqlParserImplConstants.DEFAULT_;
      case "MOD" -> SqlParserImplConstants.MOD;
      case "DATE", "TIME", "TIMESTAMP" ->
          ahead(1).kind() == TokenKind.STRING ? SqlParserImplConstants.MYSQL_TEMPORAL : -1;
      default -> -1;
    };
  }

  /** Keywords that mean more with their neighbours. */
  private int keyword(String word) {
    switch (word) {
      case "CASE" -> {
        cases++;
        deeper();
      }
      case "NOT" -> {
        if (ahead(1).is("REGEXP") || ahead(1).is("RLIKE")) {
          index++;
          return SqlParserImplConstants.NOT_REGEXP;
        }
      }
      case "ON" -> {
        if (ahead(1).is("DUPLICATE") && ahead(2).is("KEY") && ahead(3).is("UPDATE")) {
          index += 3;
          duplicates = true;
          return SqlParserImplConstants.ON_DUPLICATE_KEY_UPDATE;
        }
      }
      case "FOR" -> locks |= ahead(1).is("UPDATE") || ahead(1).is("SHARE");
      default -> {}
    }
    return KINDS.get(word);
  }

  /** Words that are names but at some places, or -1. */
  private int contextual(String word, boolean call) {
    return switch (word) {
      case "RLIKE" -> SqlParserImplConstants.REGEXP;
      case "SQL_SMALL_RESULT", "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE" ->
          options ? SqlParserImplConstants.SELECT_OPTION : -1;
      case "ANY", "SOME" -> call && afterComparison() ? KINDS.get(word) : -1;
      case "UNKNOWN" -> after("IS") || (after("NOT") && before(2).is("IS")) ? KINDS.get(word) : -1;
      case "ESCAPE" -> operandBefore() && isLiteral(ahead(1)) ? KINDS.get(word) : -1;
      case "END" -> {
        if (cases == 0 || !operandBefore()) {
          yield -1;
        }
        cases--;
        depth--;
        yield KINDS.get(word);
      }
      case "OFFSET" -> before(2).is("LIMIT") && isLiteral(ahead(1)) ? KINDS.get(word) : -1;
      case "SHARE" -> after("FOR") || (after("IN") && before(2).is("LOCK")) ? KINDS.get(word) : -1;
      case "MODE" -> after("SHARE") ? KINDS.get(word) : -1;
      case "SKIP" -> locks && ahead(1).is("LOCKED") ? SqlParserImplConstants.SKIP_ : -1;
      case "LOCKED" -> locks && after("SKIP") ? KINDS.get(word) : -1;
      case "NOWAIT" -> locks ? KINDS.get(word) : -1;
      case "ROLLUP" -> after("WITH") ? KINDS.get(word) : -1;
      case "QUICK" -> after("DELETE") || after("LOW_PRIORITY") ? KINDS.get(word) : -1;
      case "CHARSET" -> afterCharacterType() ? KINDS.get(word) : -1;
      default -> -1;
    };
  }

  private static boolean isLiteral(Token token) {
    return switch (token.kind()) {
      case STRING, BYTES, INTEGER, PARAMETER -> true;
      default -> false;
    };
  }

  private boolean afterComparison() {
    return before(1).kind() == TokenKind.OPERATOR
        && switch (before(1).text()) {
          case "=", "<>", "!=", "<", "<=", ">", ">=" -> true;
          default -> false;
        };
  }

  private boolean afterCharacterType() {
    Token type = before(1).isOperator(")") ? before(4) : before(1);
    return type.is("CHAR") || type.is("NCHAR") || type.is("CHARACTER") || type.is("VARCHAR");
  }

  /** Whether the token before ends an operand, so that an operator or a clause must follow. */
  private boolean operandBefore() {
    if (index == 0) {
      return false;
    }
    Token token = before(1);
    return switch (token.kind()) {
      case OPERATOR -> token.text().equals(")");
      case WORD ->
          !Keywords.reserved(token.upper())
              || switch (token.upper()) {
                case "NULL", "TRUE", "FALSE", "DEFAULT" -> true;
                default ->
                    token.upper().startsWith("CURRENT_")
                        || token.upper().startsWith("UTC_")
                        || token.upper().startsWith("LOCALTIME");
              };
      default -> true;
    };
  }
}
