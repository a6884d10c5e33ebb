package io.polarj.engine.api;

/**
 * How rows are read: from the snapshot, or the newest committed version under a row lock held to
 * the transaction's end.
 */
public enum LockMode {
  NONE,
  SHARED,
  EXCLUSIVE
}
