package io.polarj.sql.exec.operator;

/** The places in a join's row that a side fills: pairs of offset and length. */
public record Segments(int[] ranges) {
  /** A row with the left one's values and, in these places, the right one's. */
  Object[] join(Object[] left, Object[] right) {
    Object[] row = left.clone();
    for (int i = 0; i < ranges.length; i += 2) {
      System.arraycopy(right, ranges[i], row, ranges[i], ranges[i + 1]);
    }
    return row;
  }
}
