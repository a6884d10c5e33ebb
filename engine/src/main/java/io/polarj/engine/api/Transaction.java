package io.polarj.engine.api;

/** A transaction. One thread at a time, but {@link #interrupt} may come from any. */
public interface Transaction {
  /** Unique and rising; 0 until the first write. */
  long id();

  IsolationLevel isolation();

  boolean readOnly();

  /** A new statement begins: under READ COMMITTED it reads from a new snapshot. */
  void beginStatement();

  /** Opens the snapshot now (START TRANSACTION WITH CONSISTENT SNAPSHOT). */
  void openSnapshot();

  /** A point to go back to; a failed statement goes back to the one taken before it. Cheap. */
  Savepoint savepoint();

  /** Undoes what was done since. Row locks stay. Later savepoints are gone, this one stays. */
  void rollbackTo(Savepoint savepoint);

  /**
   * Returns when the commit record is durable (E2) and locks are free. The transaction has ended,
   * however this ends.
   */
  void commit();

  /** The transaction has ended, however this ends. */
  void rollback();

  boolean active();

  /** True after a deadlock has rolled it back. */
  boolean rolledBack();

  /** Seconds to wait for a lock (innodb_lock_wait_timeout). */
  void lockWaitTimeout(int seconds);

  /** Ends a lock wait of this transaction with {@code EngineException.Interrupted}. */
  void interrupt();

  /** LSN of the commit record after a commit that wrote something, else 0. */
  long commitLsn();
}
