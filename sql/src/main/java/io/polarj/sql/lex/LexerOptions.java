package io.polarj.sql.lex;

/** What sql_mode says about tokens. */
public record LexerOptions(boolean ansiQuotes, boolean noBackslashEscapes) {
  public static final LexerOptions DEFAULT = new LexerOptions(false, false);
}
