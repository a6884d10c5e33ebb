package io.polarj.sql.lex;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the tokens of MySQL's SQL one after the other. Comments are skipped, {@code /*!NNNNN}
 * comments are opened. A literal is decoded only when its value is asked for. One thread.
 */
public final class Lexer {
  /** Version comments up to this version are opened. */
  private static final int VERSION = 80099;

  private static final String[] LONG_OPERATORS = {
    "<=>", "->>", "<=", ">=", "<>", "!=", "<<", ">>", "&&", "||", ":=", "->"
  };

  private final String source;
  private final int length;
  private final LexerOptions options;
  private int position;
  private boolean inVersionComment;
  private TokenKind kind;
  private int start;
  private int end;
  private int bodyStart;
  private char quote;
  private boolean binaryString;
  private String operator;

  public Lexer(String source, LexerOptions options) {
    this.source = source;
    this.length = source.length();
    this.options = options;
  }

  /** All tokens, the last one of kind END. */
  public static List<Token> tokens(String source, LexerOptions options) {
    Lexer lexer = new Lexer(source, options);
    List<Token> tokens = new ArrayList<>(source.length() / 5 + 4);
    do {
      lexer.advance();
      tokens.add(lexer.token());
    } while (lexer.kind != TokenKind.END);
    return tokens;
  }

  /** Goes to the next token. */
  public TokenKind advance() {
    skipBlanks();
    start = position;
    if (position >= length) {
      kind = TokenKind.END;
    } else {
      scan(source.charAt(position));
    }
    end = position;
    return kind;
  }

  public TokenKind kind() {
    return kind;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  /** Whether the current token is that word; {@code upper} in upper case. */
  public boolean isWord(String upper) {
    return kind == TokenKind.WORD
        && end - start == upper.length()
        && source.regionMatches(true, start, upper, 0, upper.length());
  }

  /** The operator when the token is one, else the empty string. */
  public String operator() {
    return kind == TokenKind.OPERATOR ? operator : "";
  }

  /** The current token with its value. */
  public Token token() {
    return switch (kind) {
      case WORD -> {
        String text = source.substring(start, end);
        yield new Token(kind, text, text.toUpperCase(Locale.ROOT), null, start, end);
      }
      case QUOTED_IDENTIFIER -> {
        String text = unquote(bodyStart, end - 1, quote, false);
        yield new Token(kind, text, text, null, start, end);
      }
      case OPERATOR -> new Token(kind, operator, operator, null, start, end);
      case USER_VARIABLE, SYSTEM_VARIABLE -> {
        String text = variableName();
        yield new Token(kind, text, text, null, start, end);
      }
      case END -> new Token(kind, "", "", null, start, end);
      default -> {
        String text = source.substring(start, end);
        yield new Token(kind, text, text, value(), start, end);
      }
    };
  }

  /** The value of a literal: Long, BigDecimal, Double, String or byte[]. */
  public Object value() {
    return switch (kind) {
      case INTEGER -> integer(source.substring(start, end));
      case DECIMAL -> new BigDecimal(source.substring(start, end));
      case DOUBLE -> Double.valueOf(source.substring(start, end));
      case STRING -> binaryString ? SqlText.encode(stringValue()) : stringValue();
      case BYTES -> bytes();
      default -> null;
    };
  }

  private static Object integer(String digits) {
    if (digits.length() <= 18) {
      return Long.valueOf(digits);
    }
    BigInteger value = new BigInteger(digits);
    return value.bitLength() < 64 ? (Object) value.longValue() : new BigDecimal(value);
  }

  private void skipBlanks() {
    while (position < length) {
      char c = source.charAt(position);
      if (c <= ' ') {
        position++;
      } else if (c == '#') {
        skipLine();
      } else if (c == '-' && startsLineComment()) {
        skipLine();
      } else if (c == '/' && peek(1) == '*') {
        openComment();
      } else if (c == '*' && inVersionComment && peek(1) == '/') {
        inVersionComment = false;
        position += 2;
      } else {
        return;
      }
    }
  }

  private boolean startsLineComment() {
    return peek(1) == '-' && (position + 2 >= length || source.charAt(position + 2) <= ' ');
  }

  private char peek(int ahead) {
    return position + ahead < length ? source.charAt(position + ahead) : 0;
  }

  private void skipLine() {
    int newline = source.indexOf('\n', position);
    position = newline < 0 ? length : newline + 1;
  }

  private void openComment() {
    if (peek(2) == '!' && !inVersionComment) {
      int digits = position + 3;
      int version = 0;
      while (digits < length && digits < position + 9 && isDigit(source.charAt(digits))) {
        version = version * 10 + source.charAt(digits++) - '0';
      }
      if (version <= VERSION) {
        inVersionComment = true;
        position = digits;
        return;
      }
    }
    int close = source.indexOf("*/", position + 2);
    position = close < 0 ? length : close + 2;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '$'
        || c >= 128;
  }

  private void scan(char c) {
    binaryString = false;
    if (isDigit(c) || (c == '.' && isDigit(peek(1)) && !afterName())) {
      scanNumber();
    } else if (isWordPart(c)) {
      scanWord(c);
    } else if (c == '\'' || (c == '"' && !options.ansiQuotes())) {
      scanString(c);
    } else if (c == '`' || c == '"') {
      scanQuoted(c);
      kind = TokenKind.QUOTED_IDENTIFIER;
    } else if (c == '?') {
      position++;
      kind = TokenKind.PARAMETER;
    } else if (c == '@') {
      scanVariable();
    } else {
      scanOperator();
    }
  }

  private boolean afterName() {
    return start > 0
        && end == start
        && (kind == TokenKind.WORD || kind == TokenKind.QUOTED_IDENTIFIER);
  }

  private void scanWord(char first) {
    int wordStart = position;
    while (position < length && isWordPart(source.charAt(position))) {
      position++;
    }
    kind = TokenKind.WORD;
    int size = position - wordStart;
    char next = peek(0);
    if (next == '\'' && size == 1) {
      if (first == 'x' || first == 'X' || first == 'b' || first == 'B') {
        position++;
        int close = source.indexOf('\'', position);
        position = close < 0 ? length : close + 1;
        kind = TokenKind.BYTES;
        return;
      }
      if (first == 'n' || first == 'N') {
        scanString('\'');
        return;
      }
    }
    if (first == '_' && size > 2) {
      scanIntroduced(wordStart, size);
    }
  }

  /** A string after a character set introducer such as _utf8mb4. */
  private void scanIntroduced(int wordStart, int size) {
    int after = position;
    while (after < length && source.charAt(after) <= ' ') {
      after++;
    }
    if (after >= length || (source.charAt(after) != '\'' && source.charAt(after) != '"')) {
      return;
    }
    String name = source.substring(wordStart + 1, wordStart + size).toLowerCase(Locale.ROOT);
    if (name.startsWith("utf8")
        || name.equals("latin1")
        || name.equals("ascii")
        || name.equals("binary")) {
      position = after;
      scanString(source.charAt(after));
      binaryString = name.equals("binary");
    }
  }

  private void scanNumber() {
    kind = TokenKind.INTEGER;
    char second = peek(1);
    if (source.charAt(position) == '0' && (second == 'x' || second == 'b') && scanPrefixed()) {
      return;
    }
    while (isDigit(peek(0))) {
      position++;
    }
    if (isWordPart(peek(0)) && !isExponent()) {
      while (isWordPart(peek(0))) {
        position++;
      }
      kind = TokenKind.WORD;
      return;
    }
    if (peek(0) == '.') {
      kind = TokenKind.DECIMAL;
      position++;
      while (isDigit(peek(0))) {
        position++;
      }
    }
    if (isExponent()) {
      kind = TokenKind.DOUBLE;
      position += isDigit(peek(1)) ? 1 : 2;
      while (isDigit(peek(0))) {
        position++;
      }
    }
  }

  private boolean isExponent() {
    char c = peek(0);
    if (c != 'e' && c != 'E') {
      return false;
    }
    char sign = peek(1);
    return isDigit(sign) || ((sign == '+' || sign == '-') && isDigit(peek(2)));
  }

  private boolean scanPrefixed() {
    int from = position + 2;
    int to = from;
    boolean hex = source.charAt(position + 1) == 'x';
    while (to < length && Character.digit(source.charAt(to), hex ? 16 : 2) >= 0) {
      to++;
    }
    if (to == from || (to < length && isWordPart(source.charAt(to)))) {
      return false;
    }
    position = to;
    kind = TokenKind.BYTES;
    return true;
  }

  /** Ends before the first character after the string and those that are joined to it. */
  private void scanString(char delimiter) {
    quote = delimiter;
    bodyStart = position;
    kind = TokenKind.STRING;
    while (true) {
      scanQuoted(delimiter);
      int after = position;
      while (after < length && source.charAt(after) <= ' ') {
        after++;
      }
      if (after >= length || source.charAt(after) != delimiter) {
        return;
      }
      position = after;
    }
  }

  private void scanQuoted(char delimiter) {
    boolean escapes = delimiter != '`' && !options.noBackslashEscapes();
    if (kind != TokenKind.STRING) {
      quote = delimiter;
      bodyStart = position + 1;
    }
    position++;
    while (position < length) {
      char c = source.charAt(position);
      if (c == '\\' && escapes) {
        position += 2;
      } else if (c == delimiter) {
        position++;
        if (peek(0) != delimiter) {
          return;
        }
        position++;
      } else {
        position++;
      }
    }
    throw new UnterminatedException(start);
  }

  private void scanVariable() {
    position++;
    kind = TokenKind.USER_VARIABLE;
    if (peek(0) == '@') {
      position++;
      kind = TokenKind.SYSTEM_VARIABLE;
    }
    char c = peek(0);
    if (c == '`' || c == '\'' || c == '"') {
      TokenKind variable = kind;
      kind = TokenKind.QUOTED_IDENTIFIER;
      scanQuoted(c);
      kind = variable;
      return;
    }
    while (isWordPart(peek(0)) || peek(0) == '.' || (peek(0) == '`')) {
      position++;
    }
  }

  private String variableName() {
    String name = source.substring(start + (kind == TokenKind.USER_VARIABLE ? 1 : 2), end);
    if (!name.isEmpty() && (name.charAt(0) == '\'' || name.charAt(0) == '"')) {
      return unquote(start + 2, end - 1, name.charAt(0), true);
    }
    return name.replace("`", "");
  }

  private void scanOperator() {
    for (String candidate : LONG_OPERATORS) {
      if (source.startsWith(candidate, position)) {
        operator = candidate;
        position += candidate.length();
        kind = TokenKind.OPERATOR;
        return;
      }
    }
    char c = source.charAt(position++);
    operator = String.valueOf(c).intern();
    kind = TokenKind.OPERATOR;
  }

  private String stringValue() {
    StringBuilder all = null;
    int at = bodyStart;
    String first = null;
    while (at < end) {
      int close = closing(at + 1);
      String part = unquote(at + 1, close, quote, true);
      if (first == null) {
        first = part;
      } else {
        all = all == null ? new StringBuilder(first) : all;
        all.append(part);
      }
      at = close + 1;
      while (at < end && source.charAt(at) <= ' ') {
        at++;
      }
    }
    return all == null ? first : all.toString();
  }

  private int closing(int from) {
    boolean escapes = !options.noBackslashEscapes();
    int i = from;
    while (true) {
      char c = source.charAt(i);
      if (c == '\\' && escapes) {
        i += 2;
      } else if (c == quote) {
        if (i + 1 < end && source.charAt(i + 1) == quote) {
          i += 2;
        } else {
          return i;
        }
      } else {
        i++;
      }
    }
  }

  private String unquote(int from, int to, char delimiter, boolean literal) {
    boolean escapes = literal && !options.noBackslashEscapes();
    int i = from;
    while (i < to && source.charAt(i) != delimiter && !(escapes && source.charAt(i) == '\\')) {
      i++;
    }
    if (i == to) {
      return source.substring(from, to);
    }
    StringBuilder text = new StringBuilder(to - from);
    text.append(source, from, i);
    while (i < to) {
      char c = source.charAt(i++);
      if (c == delimiter) {
        i++;
        text.append(c);
      } else if (c == '\\' && escapes && i < to) {
        appendEscape(text, source.charAt(i++));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static void appendEscape(StringBuilder text, char c) {
    switch (c) {
      case '0' -> text.append('\0');
      case 'b' -> text.append('\b');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'Z' -> text.append('\u001a');
      // The backslash stays: LIKE takes it as its own escape.
      case '%', '_' -> text.append('\\').append(c);
      default -> text.append(c);
    }
  }

  private byte[] bytes() {
    char prefix = source.charAt(start);
    boolean quoted = source.charAt(start + 1) == '\'';
    boolean hex = quoted ? prefix == 'x' || prefix == 'X' : source.charAt(start + 1) == 'x';
    String digits = source.substring(start + 2, quoted ? Math.max(start + 2, end - 1) : end);
    int width = hex ? 2 : 8;
    int pad = (width - digits.length() % width) % width;
    String padded = "0".repeat(pad) + digits;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < padded.length(); i += width) {
      try {
        out.write(Integer.parseInt(padded, i, i + width, hex ? 16 : 2));
      } catch (NumberFormatException e) {
        throw new UnterminatedException(start, e);
      }
    }
    return out.toByteArray();
  }
}
