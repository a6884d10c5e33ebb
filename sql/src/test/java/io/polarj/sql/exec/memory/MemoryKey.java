package io.polarj.sql.exec.memory;

import io.polarj.engine.schema.Collation;
import java.time.Duration;
import java.util.Arrays;

/**
 * A key or a bound of an index of the in-memory engine: values in index order, and where a shorter
 * key stands among those that begin with it (-1 before, 1 after).
 */
record MemoryKey(Object[] values, Order order, int tail) implements Comparable<MemoryKey> {
  /** How the parts of an index's keys compare. */
  record Order(Collation[] collations, boolean[] unsigned) {}

  @Override
  public int compareTo(MemoryKey other) {
    int shared = Math.min(values.length, other.values.length);
    for (int i = 0; i < shared; i++) {
      int c = compare(values[i], other.values[i], i);
      if (c != 0) {
        return c;
      }
    }
    if (values.length < other.values.length) {
      return tail;
    }
    if (values.length > other.values.length) {
      return -other.tail;
    }
    return Integer.compare(tail, other.tail);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private int compare(Object a, Object b, int i) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    }
    if (a instanceof byte[] x) {
      return Arrays.compareUnsigned(x, (byte[]) b);
    }
    if (a instanceof String s) {
      String t = (String) b;
      return switch (order.collations[i]) {
        case UTF8MB4_0900_AI_CI, UTF8MB4_GENERAL_CI -> s.compareToIgnoreCase(t);
        case UTF8MB4_BIN, BINARY -> s.compareTo(t);
      };
    }
    if (a instanceof Long x && order.unsigned[i]) {
      return Long.compareUnsigned(x, (Long) b);
    }
    if (a instanceof Duration x) {
      return x.compareTo((Duration) b);
    }
    return ((Comparable) a).compareTo(b);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemoryKey key && compareTo(key) == 0;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
