package io.polarj.sql.admin;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.Lexer;
import io.polarj.sql.lex.LexerOptions;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.lex.UnterminatedException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The tokens of a session statement, with a position. Unlike the grammar of SQL proper, any word
 * may stand for a name here, and the text of an expression can be cut out to be evaluated as it
 * stands.
 */
final class Words {
  private static final int NEAR_LENGTH = 80;

  private final String sql;
  private final List<Token> tokens;
  private int position;

  Words(String sql, LexerOptions options) {
    this.sql = sql;
    try {
      this.tokens = Lexer.tokens(sql, options);
    } catch (UnterminatedException e) {
      throw syntaxError(e.offset());
    }
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

  /** Whether nothing follows but perhaps a semicolon. */
  boolean atEnd() {
    return peek().kind() == TokenKind.END || peek().isOperator(";");
  }

  boolean accept(String word) {
    if (peek().is(word)) {
      position++;
      return true;
    }
    return false;
  }

  boolean acceptSymbol(String symbol) {
    if (peek().isOperator(symbol)) {
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
    if (peek().kind() != TokenKind.END) {
      throw syntaxError();
    }
  }

  /** A name, quoted or not. */
  String name() {
    TokenKind kind = peek().kind();
    if (kind != TokenKind.WORD && kind != TokenKind.QUOTED_IDENTIFIER) {
      throw syntaxError();
    }
    return next().text();
  }

  /** A string or a name. */
  String nameOrString() {
    return peek().kind() == TokenKind.STRING ? string(next()) : name();
  }

  /** The value of a string token. */
  static String string(Token token) {
    return token.value() instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : (String) token.value();
  }

  long number() {
    if (peek().value() instanceof Long value) {
      position++;
      return value;
    }
    throw syntaxError();
  }

  /** The text of an expression that ends before a comma outside of parentheses, or at the end. */
  String expressionText() {
    int depth = 0;
    int start = peek().start();
    int end = start;
    while (!atEnd()) {
      Token token = peek();
      if (depth == 0 && token.isOperator(",")) {
        break;
      }
      if (token.isOperator("(")) {
        depth++;
      } else if (token.isOperator(")")) {
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

  SqlException syntaxError() {
    return syntaxError(peek().start());
  }

  private SqlException syntaxError(int offset) {
    String near = sql.substring(offset, Math.min(sql.length(), offset + NEAR_LENGTH));
    long line = 1 + sql.substring(0, offset).chars().filter(c -> c == '\n').count();
    return SqlError.PARSE.with(
        "check the manual that corresponds to your MySQL server version for the right syntax to use near '"
            + near
            + "' at line "
            + line);
  }
}
