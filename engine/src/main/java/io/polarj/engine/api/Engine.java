package io.polarj.engine.api;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;

/**
 * A storage engine as the SQL layer sees it: the primary's, or a replica's, which refuses writes
 * and DDL with {@code EngineException.ReadOnly} and reads from snapshots at its applied LSN. Any
 * thread may call. Errors are {@code EngineException}s.
 */
public interface Engine extends AutoCloseable {
  /** Whether writes are refused. */
  boolean readOnly();

  Catalog catalog();

  Transaction begin(IsolationLevel isolation, boolean readOnly);

  /**
   * Opens a table in the transaction, waiting for its metadata lock. Throws {@code NoSuchTable}.
   */
  Table openTable(Transaction transaction, String schema, String table);

  /** The same for a statement that writes the table: waits while another session locks it READ. */
  default Table openTableToWrite(Transaction transaction, String schema, String table) {
    return openTable(transaction, schema, table);
  }

  /**
   * Locks a table for a session (LOCK TABLES) until the holder ends: nobody else writes it, or with
   * {@code write} uses it. The holder is a transaction that does nothing else. Waits as long as the
   * holder waits for locks. Throws {@code NoSuchTable}.
   */
  default void lockTable(Transaction holder, String schema, String table, boolean write) {
    throw new EngineException.NotSupported("LOCK TABLES");
  }

  /** Begins a transaction of the session whose table locks the holder has; it ends before that. */
  default Transaction begin(IsolationLevel isolation, boolean readOnly, Transaction holder) {
    return begin(isolation, readOnly);
  }

  void createSchema(String schema);

  /** Drops the schema with its tables. */
  void dropSchema(String schema);

  /**
   * Creates the table; ids and version in the definition are ignored and assigned. Throws {@code
   * AlreadyExists}.
   */
  TableDef createTable(TableDef definition);

  /**
   * DDL below waits for the table's metadata lock exclusively, at most {@code waitSeconds}; what it
   * did is durable on return, and whole or absent after a crash.
   */
  void dropTable(String schema, String table, int waitSeconds);

  void truncateTable(String schema, String table, int waitSeconds);

  void renameTable(String schema, String table, String newSchema, String newTable, int waitSeconds);

  void createIndex(String schema, String table, IndexDef definition, int waitSeconds);

  void dropIndex(String schema, String table, String index, int waitSeconds);

  /** Figures for SHOW STATUS, {@code polarj status} and metrics. */
  EngineStatus status();

  @Override
  void close();
}
