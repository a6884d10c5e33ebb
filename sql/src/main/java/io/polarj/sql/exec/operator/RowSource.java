package io.polarj.sql.exec.operator;

/** Rows on demand. One thread at a time. */
public interface RowSource extends AutoCloseable {
  RowSource EMPTY =
      new RowSource() {
        @Override
        public Object[] next() {
          return null;
        }

        @Override
        public void close() {}
      };

  /**
   * The next row, or null after the last. The array is the caller's to keep, and never changed
   * after.
   */
  Object[] next();

  @Override
  void close();
}
