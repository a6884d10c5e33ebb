package io.polarj.sql.parse;

import io.polarj.sql.lex.LexerOptions;
import io.polarj.sql.session.SessionContext;

/** What sql_mode says about the grammar. */
public record ParserOptions(LexerOptions lexer, boolean pipesAsConcat) {
  public static final ParserOptions DEFAULT = new ParserOptions(LexerOptions.DEFAULT, false);

  public static ParserOptions of(SessionContext session) {
    boolean ansi = session.sqlMode("ANSI_QUOTES");
    boolean plain = session.sqlMode("NO_BACKSLASH_ESCAPES");
    boolean concat = session.sqlMode("PIPES_AS_CONCAT");
    return ansi || plain || concat
        ? new ParserOptions(new LexerOptions(ansi, plain), concat)
        : DEFAULT;
  }
}
