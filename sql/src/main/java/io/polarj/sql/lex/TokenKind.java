package io.polarj.sql.lex;

/** What a token is. */
public enum TokenKind {
  WORD,
  QUOTED_IDENTIFIER,
  STRING,
  INTEGER,
  DECIMAL,
  DOUBLE,
  BYTES,
  PARAMETER,
  USER_VARIABLE,
  SYSTEM_VARIABLE,
  OPERATOR,
  END
}
