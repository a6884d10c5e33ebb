package io.polarj.sql.lex;

import java.util.ArrayList;
import java.util.List;

/** Splits a text at the semicolons between statements. */
public final class StatementSplitter {
  private StatementSplitter() {}

  /** The statements without their semicolons; empty ones are left out. */
  public static List<String> split(String sql, LexerOptions options) {
    if (sql.indexOf(';') < 0) {
      return List.of(sql);
    }
    List<String> statements = new ArrayList<>();
    Lexer lexer = new Lexer(sql, options);
    int from = 0;
    boolean empty = true;
    try {
      while (lexer.advance() != TokenKind.END) {
        if (lexer.operator().equals(";")) {
          if (!empty) {
            statements.add(sql.substring(from, lexer.start()));
          }
          from = lexer.end();
          empty = true;
        } else {
          empty = false;
        }
      }
    } catch (UnterminatedException e) {
      // The parser tells where; everything up to the end belongs to the broken statement.
      empty = false;
    }
    if (!empty) {
      statements.add(sql.substring(from));
    }
    return statements;
  }
}
