package io.polarj.engine.trx;

/** What transactions need of the redo log to end durably. Any thread. */
public interface CommitLog {
  /** All redo below it is durable. */
  long durableLsn();

  /** Returns when all redo up to the LSN is durable; throws when the log has failed. */
  void awaitDurable(long lsn);
}
