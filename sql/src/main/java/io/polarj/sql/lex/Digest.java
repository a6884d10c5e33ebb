package io.polarj.sql.lex;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * Takes literals out of a statement. They stay where they name or shape something: in select lists,
 * GROUP BY, HAVING, ORDER BY, LIMIT, in types, and after DATE, TIME and TIMESTAMP. Blanks and
 * comments become one space. One use, one thread.
 */
public final class Digest {
  private static final Object[] NONE = new Object[0];
  private final String sql;
  private final Lexer lexer;
  private final StringBuilder text;
  private Object[] parameters = new Object[8];
  private int count;
  private boolean[] literal = new boolean[16];
  private int depth;
  private int lastEnd;
  private boolean signAllowed = true;
  private int signAt = -1;
  private boolean typeWord;
  private boolean temporalWord;
  private boolean afterAsOrComma;

  private Digest(String sql, LexerOptions options) {
    this.sql = sql;
    this.lexer = new Lexer(sql, options);
    this.text = new StringBuilder(sql.length());
  }

  /** Digests a single statement. Other than queries and DML come back as they are. */
  public static DigestedStatement of(String sql, LexerOptions options) {
    return new Digest(sql, options).run();
  }

  private DigestedStatement run() {
    try {
      lexer.advance();
      StatementKind kind = StatementKind.of(lexer, sql);
      if (!kind.planned()) {
        return new DigestedStatement(kind, sql, NONE);
      }
      while (lexer.kind() != TokenKind.END) {
        if (!take()) {
          return new DigestedStatement(kind, sql, NONE);
        }
        lexer.advance();
      }
      return new DigestedStatement(kind, text.toString(), Arrays.copyOf(parameters, count));
    } catch (UnterminatedException e) {
      return new DigestedStatement(StatementKind.OTHER, sql, NONE);
    }
  }

  private boolean take() {
    if (lexer.start() > lastEnd && !text.isEmpty()) {
      text.append(' ');
    }
    lastEnd = lexer.end();
    switch (lexer.kind()) {
      case WORD -> word();
      case OPERATOR -> operator();
      case STRING, INTEGER, DECIMAL, DOUBLE, BYTES -> literal();
      case PARAMETER -> {
        return false;
      }
      default -> {
        copy();
        signAllowed = false;
        typeWord = false;
        temporalWord = false;
        afterAsOrComma = false;
      }
    }
    return true;
  }

  private void copy() {
    text.append(sql, lexer.start(), lexer.end());
  }

  private void literal() {
    if (literal[depth] || temporalWord) {
      copy();
    } else {
      Object value = lexer.value();
      if (signAt >= 0 && value instanceof Long number) {
        value = -number;
        text.setLength(signAt);
      } else if (signAt >= 0 && value instanceof BigDecimal number) {
        value = negated(number);
        text.setLength(signAt);
      } else if (signAt >= 0 && value instanceof Double number) {
        value = -number;
        text.setLength(signAt);
      }
      text.append('?');
      if (count == parameters.length) {
        parameters = Arrays.copyOf(parameters, count * 2);
      }
      parameters[count++] = value;
    }
    signAt = -1;
    signAllowed = false;
    typeWord = false;
    temporalWord = false;
    afterAsOrComma = false;
  }

  private static Object negated(BigDecimal number) {
    BigDecimal negative = number.negate();
    return negative.scale() == 0 && negative.toBigInteger().bitLength() < 64
        ? (Object) negative.longValue()
        : negative;
  }

  private void operator() {
    String operator = lexer.operator();
    signAt = operator.equals("-") && signAllowed && !literal[depth] ? text.length() : -1;
    copy();
    if (operator.equals("(")) {
      if (++depth == literal.length) {
        literal = Arrays.copyOf(literal, depth * 2);
      }
      literal[depth] = literal[depth - 1] || typeWord;
    } else if (operator.equals(")")) {
      depth = Math.max(0, depth - 1);
    }
    signAllowed = !operator.equals(")");
    afterAsOrComma = operator.equals(",");
    typeWord = false;
    temporalWord = false;
  }

  private void word() {
    copy();
    signAt = -1;
    temporalWord = false;
    boolean type = typeWord();
    typeWord = type;
    afterAsOrComma = lexer.isWord("AS");
    signAllowed = clause();
  }

  /** Sets the mode of a clause; says whether a sign may follow the word. */
  private boolean clause() {
    switch (sql.charAt(lexer.start()) | 0x20) {
      case 's' -> {
        if (lexer.isWord("SELECT")) {
          literal[depth] = true;
          return true;
        }
        if (lexer.isWord("SET")) {
          literal[depth] = false;
        }
      }
      case 'f' -> {
        if (lexer.isWord("FROM")) {
          literal[depth] = false;
        }
      }
      case 'w' -> {
        if (lexer.isWord("WHERE")) {
          literal[depth] = false;
          return true;
        }
        return lexer.isWord("WHEN");
      }
      case 'v' -> {
        if (lexer.isWord("VALUES") || lexer.isWord("VALUE")) {
          literal[depth] = false;
        }
      }
      case 'g' -> literal[depth] |= lexer.isWord("GROUP");
      case 'h' -> literal[depth] |= lexer.isWord("HAVING");
      case 'l' -> {
        literal[depth] |= lexer.isWord("LIMIT");
        return lexer.isWord("LIKE");
      }
      case 'o' -> {
        literal[depth] |= lexer.isWord("ORDER") || lexer.isWord("OFFSET");
        if (lexer.isWord("ON")) {
          literal[depth] = false;
        }
        return lexer.isWord("OR") || lexer.isWord("ON");
      }
      case 'a' -> {
        return lexer.isWord("AND");
      }
      case 'b' -> {
        return lexer.isWord("BETWEEN");
      }
      case 't' -> {
        temporalWord = lexer.isWord("TIMESTAMP") || lexer.isWord("TIME");
        return lexer.isWord("THEN");
      }
      case 'd' -> temporalWord = lexer.isWord("DATE");
      case 'e' -> {
        return lexer.isWord("ELSE");
      }
      case 'n' -> {
        return lexer.isWord("NOT");
      }
      case 'i' -> {
        return lexer.isWord("INTERVAL");
      }
      default -> {}
    }
    return false;
  }

  /** Words whose parenthesis holds lengths, not values. */
  private boolean typeWord() {
    boolean typePlace = afterAsOrComma;
    return switch (sql.charAt(lexer.start()) | 0x20) {
      case 'd' ->
          typePlace && (lexer.isWord("DECIMAL") || lexer.isWord("DEC") || lexer.isWord("DATETIME"));
      case 'b' -> typePlace && lexer.isWord("BINARY");
      case 'c' ->
          (typePlace && lexer.isWord("CHAR"))
              || lexer.isWord("CURRENT_TIMESTAMP")
              || lexer.isWord("CURTIME")
              || lexer.isWord("CURRENT_TIME");
      case 'f' -> typePlace && lexer.isWord("FLOAT");
      case 'n' ->
          lexer.isWord("NOW") || (typePlace && (lexer.isWord("NCHAR") || lexer.isWord("NUMERIC")));
      case 't' -> typePlace && lexer.isWord("TIME");
      case 's' -> lexer.isWord("SYSDATE");
      case 'l' -> lexer.isWord("LOCALTIME") || lexer.isWord("LOCALTIMESTAMP");
      case 'u' -> lexer.isWord("UTC_TIMESTAMP") || lexer.isWord("UTC_TIME");
      case 'v' -> typePlace && lexer.isWord("VARCHAR");
      default -> false;
    };
  }
}
