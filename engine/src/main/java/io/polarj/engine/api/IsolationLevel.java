package io.polarj.engine.api;

/** READ COMMITTED: a snapshot per statement. REPEATABLE READ: one from the first read on. */
public enum IsolationLevel {
  READ_COMMITTED,
  REPEATABLE_READ
}
