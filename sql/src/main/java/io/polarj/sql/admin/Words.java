package io.polarj.sql.admin;

import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a session statement, with a position. Comments are skipped, {@code /*! ... *}{@code
 * /} is opened. Each token keeps its place in the text, so that expressions can be cut out and
 * evaluated as they stand.
 */
final class Words {
  enum Kind {
    WORD,
    QUOTED_NAME,
    STRING,
    NUMBER,
    SYMBOL,
    END
  }

  /** {@code text}: a word as written, a string or name without quotes, a symbol. */
  record Token(Kind kind, String text, int start, int end) {
    boolean is(String word) {
      return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSymbol(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int position;

  Words(String sql) {
    this.sql = sql;
    scan();
    tokens.add(new Token(Kind.END, "", sql.length(), sql.length()));
  }

  String sql() {
    return sql;
  }

  Token peek() {
    return tokens.get(position);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(position + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    if (position < tokens.size() - 1) {
      position++;
    }
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Kind.END;
  }

  boolean accept(String word) {
    if (peek().is(word)) {
      position++;
      return true;
    }
    return false;
  }

  boolean acceptSymbol(String symbol) {
    if (peek().isSymbol(symbol)) {
      position++;
      return true;
    }
    return false;
  }

  /** Accepts the words one after another, or none. */
  boolean acceptAll(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!peek(i).is(words[i])) {
        return false;
      }
    }
    position += words.length;
    return true;
  }

  void expect(String word) {
    if (!accept(word)) {
      throw syntaxError();
    }
  }

  void expectSymbol(String symbol) {
    if (!acceptSymbol(symbol)) {
      throw syntaxError();
    }
  }

  void expectEnd() {
    acceptSymbol(";");
    if (!atEnd()) {
      throw syntaxError();
    }
  }

  /** A name, quoted or not. */
  String name() {
    Token token = next();
    if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED_NAME) {
      position--;
      throw syntaxError();
    }
    return token.text();
  }

  /** A string or a name. */
  String nameOrString() {
    return peek().kind() == Kind.STRING ? next().text() : name();
  }

  long number() {
    Token token = peek();
    if (token.kind() != Kind.NUMBER) {
      throw syntaxError();
    }
    try {
      long value = Long.parseLong(token.text());
      position++;
      return value;
    } catch (NumberFormatException e) {
      throw syntaxError();
    }
  }

  /** The text of an expression that ends before a comma outside of parentheses, or at the end. */
  String expressionText() {
    int depth = 0;
    int start = peek().start();
    int end = start;
    while (!atEnd()) {
      Token token = peek();
      if (depth == 0 && (token.isSymbol(",") || token.isSymbol(";"))) {
        break;
      }
      if (token.isSymbol("(")) {
        depth++;
      } else if (token.isSymbol(")")) {
        depth--;
      }
      end = token.end();
      position++;
    }
    if (end == start) {
      throw syntaxError();
    }
    return sql.substring(start, end);
  }

  io.polarj.sql.error.SqlException syntaxError() {
    int from = peek().start();
    String near = sql.substring(from, Math.min(sql.length(), from + 80));
    long line = sql.substring(0, from).chars().filter(c -> c == '\n').count() + 1;
    return SqlError.PARSE.with(
        "check the manual that corresponds to your PolarJ version for the right syntax to use near '"
            + near
            + "' at line "
            + line);
  }

  private void scan() {
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      int skipped = skipBlank(at);
      if (skipped > at) {
        at = skipped;
      } else if (c == '\'' || c == '"') {
        at = scanString(at, c);
      } else if (c == '`') {
        at = scanQuotedName(at);
      } else if (Character.isDigit(c)) {
        at = scanNumber(at);
      } else if (isWordPart(c)) {
        int end = at;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
          end++;
        }
        add(Kind.WORD, sql.substring(at, end), at, end);
        at = end;
      } else {
        int length = sql.startsWith(":=", at) || sql.startsWith("@@", at) ? 2 : 1;
        add(Kind.SYMBOL, sql.substring(at, at + length), at, at + length);
        at += length;
      }
    }
  }

  private int skipBlank(int at) {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      return at + 1;
    }
    boolean dashes =
        sql.startsWith("--", at)
            && (at + 2 == sql.length() || Character.isWhitespace(sql.charAt(at + 2)));
    if (c == '#' || dashes) {
      int end = sql.indexOf('\n', at);
      return end < 0 ? sql.length() : end + 1;
    }
    if (sql.startsWith("/*!", at)) {
      int end = at + 3;
      while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
        end++;
      }
      return end;
    }
    if (sql.startsWith("*/", at)) {
      return at + 2;
    }
    if (sql.startsWith("/*", at)) {
      int end = sql.indexOf("*/", at + 2);
      return end < 0 ? sql.length() : end + 2;
    }
    return at;
  }

  private int scanString(int start, char quote) {
    StringBuilder text = new StringBuilder();
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\\' && at + 1 < sql.length()) {
        text.append(unescape(sql.charAt(at + 1)));
        at += 2;
      } else if (c == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        text.append(quote);
        at += 2;
      } else if (c == quote) {
        add(Kind.STRING, text.toString(), start, at + 1);
        return at + 1;
      } else {
        text.append(c);
        at++;
      }
    }
    throw SqlError.PARSE.with("a string has no end: " + sql.substring(start));
  }

  private static String unescape(char c) {
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case '0' -> "\0";
      case 'b' -> "\b";
      case 'Z' -> "\u001a";
      case '%', '_' -> "\\" + c;
      default -> String.valueOf(c);
    };
  }

  private int scanQuotedName(int start) {
    StringBuilder text = new StringBuilder();
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c != '`') {
        text.append(c);
        at++;
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == '`') {
        text.append('`');
        at += 2;
      } else {
        add(Kind.QUOTED_NAME, text.toString(), start, at + 1);
        return at + 1;
      }
    }
    throw SqlError.PARSE.with("a quoted name has no end: " + sql.substring(start));
  }

  private int scanNumber(int start) {
    int at = start;
    while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '.')) {
      at++;
    }
    String text = sql.substring(start, at);
    boolean number = text.chars().allMatch(c -> Character.isDigit(c) || c == '.');
    add(number ? Kind.NUMBER : Kind.WORD, text, start, at);
    return at;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private void add(Kind kind, String text, int start, int end) {
    tokens.add(new Token(kind, text, start, end));
  }
}
