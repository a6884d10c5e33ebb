package io.polarj.sql.parse;

import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.Lexer;
import io.polarj.sql.lex.LexerOptions;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.lex.UnterminatedException;
import java.util.ArrayList;
import java.util.List;

/** The tokens of one statement with a place in them. One thread. */
final class TokenStream {
  private static final int NEAR_LENGTH = 80;
  private final String source;
  private final List<Token> tokens;
  private int index;

  TokenStream(String source, LexerOptions options) {
    this.source = source;
    try {
      this.tokens = Lexer.tokens(source, options);
    } catch (UnterminatedException e) {
      throw syntaxError(e.offset());
    }
  }

  Token peek() {
    return tokens.get(index);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(index + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(index);
    if (index < tokens.size() - 1) {
      index++;
    }
    return token;
  }

  int mark() {
    return index;
  }

  /** What has not been read yet, without a semicolon at the end. */
  List<Token> rest() {
    List<Token> rest = new ArrayList<>(tokens.subList(index, tokens.size()));
    int last = rest.size() - 2;
    if (last >= 0 && rest.get(last).isOperator(";")) {
      rest.remove(last);
    }
    return rest;
  }

  String source() {
    return source;
  }

  /** How many {@code ?} the statement has. */
  int parameters() {
    return (int) tokens.stream().filter(t -> t.kind() == TokenKind.PARAMETER).count();
  }

  boolean at(String word) {
    return peek().is(word);
  }

  boolean at(String first, String second) {
    return peek().is(first) && peek(1).is(second);
  }

  boolean atOperator(String operator) {
    return peek().isOperator(operator);
  }

  boolean accept(String word) {
    if (at(word)) {
      next();
      return true;
    }
    return false;
  }

  boolean accept(String first, String second) {
    if (at(first, second)) {
      next();
      next();
      return true;
    }
    return false;
  }

  boolean acceptOperator(String operator) {
    if (atOperator(operator)) {
      next();
      return true;
    }
    return false;
  }

  /** The first of the words that comes, or null. */
  String acceptAny(String... words) {
    for (String word : words) {
      if (accept(word)) {
        return word;
      }
    }
    return null;
  }

  void expect(String word) {
    if (!accept(word)) {
      throw error();
    }
  }

  void expectOperator(String operator) {
    if (!acceptOperator(operator)) {
      throw error();
    }
  }

  boolean atEnd() {
    return peek().kind() == TokenKind.END || atOperator(";");
  }

  boolean atName() {
    Token token = peek();
    return token.kind() == TokenKind.QUOTED_IDENTIFIER
        || (token.kind() == TokenKind.WORD && !Keywords.reserved(token.upper()));
  }

  /** An identifier. */
  String name() {
    if (!atName()) {
      throw error();
    }
    return next().text();
  }

  /** After a point every word is a name. */
  String nameAfterPoint() {
    Token token = peek();
    if (token.kind() != TokenKind.WORD && token.kind() != TokenKind.QUOTED_IDENTIFIER) {
      throw error();
    }
    return next().text();
  }

  TableName tableName() {
    String first = name();
    if (acceptOperator(".")) {
      return new TableName(first, nameAfterPoint());
    }
    return new TableName(null, first);
  }

  /** Reads over a parenthesis and all that is in it. */
  void skipParenthesized() {
    int depth = 0;
    do {
      if (atEnd()) {
        throw error();
      }
      depth += atOperator("(") ? 1 : atOperator(")") ? -1 : 0;
      next();
    } while (depth > 0);
  }

  long integer() {
    if (peek().kind() != TokenKind.INTEGER || !(peek().value() instanceof Long)) {
      throw error();
    }
    return (Long) next().value();
  }

  int smallInteger() {
    long value = integer();
    return value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
  }

  String string() {
    if (peek().kind() != TokenKind.STRING) {
      throw error();
    }
    Object value = next().value();
    return value instanceof String text
        ? text
        : new String((byte[]) value, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The source between a token's start and the end of the last token read. */
  String textFrom(int mark) {
    return source.substring(tokens.get(mark).start(), tokens.get(Math.max(mark, index - 1)).end());
  }

  SqlException error() {
    return syntaxError(peek().start());
  }

  SqlException unsupported(String what) {
    return SqlError.NOT_SUPPORTED_YET.with(what);
  }

  /** The error of a text that goes wrong at an offset. */
  SqlException syntaxError(int offset) {
    String near = source.substring(offset, Math.min(source.length(), offset + NEAR_LENGTH));
    long line = 1 + source.substring(0, offset).chars().filter(c -> c == '\n').count();
    return SqlError.PARSE.with(
        "check the manual that corresponds to your MySQL server version for the right syntax to use near '"
            + near
            + "' at line "
            + line);
  }
}
