package io.polarj.storage.store;

/** Types of the records in the write-ahead log; they never change. */
final class RecordType {
  static final int CREATE = 1;
  static final int DELETE = 2;
  static final int ENTRY = 3;
  static final int TRUNCATE = 4;
  static final int HARD_STATE = 5;
  static final int SNAPSHOT = 6;

  private RecordType() {}
}
