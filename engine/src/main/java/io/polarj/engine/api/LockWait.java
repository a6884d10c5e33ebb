package io.polarj.engine.api;

/** What to do about a row that another transaction has locked. */
public enum LockWait {
  WAIT,
  NOWAIT,
  SKIP_LOCKED
}
