package io.polarj.sql.session;

import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import java.time.Instant;
import java.time.ZoneId;

/** What running statements see of their session. One thread at a time. */
public interface SessionContext {
  long connectionId();

  /** {@code name@host} as MySQL's CURRENT_USER() and USER() give it. */
  String user();

  /** The current database, or null. */
  String currentSchema();

  /**
   * The value of @@name in the session (else global) scope; throws UNKNOWN_SYSTEM_VARIABLE. Values:
   * Long, String, BigDecimal, Double, null.
   */
  Object systemVariable(String name);

  /** The value of @name, null when unset. */
  Object userVariable(String name);

  void userVariable(String name, Object value);

  /** LAST_INSERT_ID(). */
  long lastInsertId();

  void lastInsertId(long value);

  /** ROW_COUNT() of the statement before. */
  long rowCount();

  /** Whether the client wants an UPDATE's affected rows to be those matched, not those changed. */
  default boolean countsFoundRows() {
    return false;
  }

  /**
   * Whether this session may not write although the node could: it came in through a read-only
   * listener.
   */
  default boolean refusesWrites() {
    return false;
  }

  /** Whether LOCK TABLES is in force: each table is to be asked for before it is used. */
  default boolean tablesLocked() {
    return false;
  }

  /** Throws when LOCK TABLES is in force and does not let the session use the table so. */
  default void requireTable(String schema, String table, boolean writes) {}

  /** Runs a definition of tables that are locked; their locks are given back for the while. */
  default void unlockedFor(Runnable definition) {
    definition.run();
  }

  /** FOUND_ROWS() of the statement before. */
  long foundRows();

  void foundRows(long rows);

  /** NOW(): fixed for the statement. */
  Instant statementTime();

  /**
   * @@time_zone.
   */
  ZoneId timeZone();

  /** STRICT_TRANS_TABLES or STRICT_ALL_TABLES is on (the default). */
  boolean strictMode();

  /** ONLY_FULL_GROUP_BY, NO_BACKSLASH_ESCAPES, ANSI_QUOTES, PIPES_AS_CONCAT... of @@sql_mode. */
  boolean sqlMode(String flag);

  /** A key of everything in the session that a cached plan depends on (schema, sql_mode). */
  String planKey();

  /** Adds a warning for SHOW WARNINGS. */
  void warn(SqlError error, Object... arguments);

  /** A note-level warning. */
  void note(SqlError error, Object... arguments);

  int warningCount();

  /**
   * The session's transaction. Begun on demand: with autocommit on and no explicit transaction it
   * is the statement's own and ended by the session after the statement.
   */
  Transaction transaction();

  /** Ends an open transaction by commit, as MySQL does before DDL. */
  void implicitCommit();

  /**
   * Throws QUERY_INTERRUPTED once KILL was called for the statement; long loops call it now and
   * then.
   */
  void checkInterrupted();
}
