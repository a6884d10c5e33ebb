package io.polarj.engine.trx;

/** A transaction's hold on a rollback segment. The transaction's thread. */
final class UndoLease {
  private final UndoSegment segment;
  private final long start;
  private int records;
  private boolean undone;

  UndoLease(UndoSegment segment, long start, int records) {
    this.segment = segment;
    this.start = start;
    this.records = records;
  }

  UndoSegment segment() {
    return segment;
  }

  long start() {
    return start;
  }

  int records() {
    return records;
  }

  void added() {
    records++;
  }

  boolean undone() {
    return undone;
  }

  void markUndone() {
    undone = true;
  }
}
