package io.polarj.engine.api;

/** Rows of a scan in index order (or its reverse). One thread at a time. */
public interface RowCursor extends AutoCloseable {
  /** The next row, or null after the last. */
  Row next();

  @Override
  void close();
}
