package io.polarj.sql.lex;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a statement is, by its first word. */
public enum StatementKind {
  EMPTY,
  SELECT,
  INSERT,
  REPLACE,
  UPDATE,
  DELETE,
  CREATE,
  DROP,
  ALTER,
  TRUNCATE,
  RENAME,
  EXPLAIN,
  SHOW,
  SET,
  USE,
  BEGIN,
  START,
  COMMIT,
  ROLLBACK,
  SAVEPOINT,
  RELEASE,
  KILL,
  LOCK,
  UNLOCK,
  ANALYZE,
  CHECK,
  CHECKSUM,
  OPTIMIZE,
  REPAIR,
  FLUSH,
  RESET,
  PREPARE,
  EXECUTE,
  DEALLOCATE,
  CALL,
  DO,
  GRANT,
  REVOKE,
  LOAD,
  HANDLER,
  XA,
  HELP,
  CHANGE,
  STOP,
  OTHER;

  private static final Map<String, StatementKind> BY_WORD = new HashMap<>();

  static {
    for (StatementKind kind : values()) {
      BY_WORD.put(kind.name(), kind);
    }
    BY_WORD.put("WITH", SELECT);
    BY_WORD.put("VALUES", SELECT);
    BY_WORD.put("TABLE", SELECT);
    BY_WORD.put("(", SELECT);
    BY_WORD.put("DESCRIBE", EXPLAIN);
    BY_WORD.put("DESC", EXPLAIN);
    BY_WORD.put("EMPTY", OTHER);
    BY_WORD.put("OTHER", OTHER);
  }

  /** Looks no further than the first token. */
  public static StatementKind of(String sql, LexerOptions options) {
    Lexer lexer = new Lexer(sql, options);
    try {
      lexer.advance();
    } catch (UnterminatedException e) {
      return OTHER;
    }
    return of(lexer, sql);
  }

  static StatementKind of(Lexer lexer, String sql) {
    return switch (lexer.kind()) {
      case END -> EMPTY;
      case WORD, OPERATOR ->
          lexer.operator().equals(";")
              ? EMPTY
              : BY_WORD.getOrDefault(
                  sql.substring(lexer.start(), lexer.end()).toUpperCase(Locale.ROOT), OTHER);
      default -> OTHER;
    };
  }

  /** Reads or changes rows, so that its plan can be cached. */
  public boolean planned() {
    return this == SELECT || this == INSERT || this == REPLACE || this == UPDATE || this == DELETE;
  }
}
