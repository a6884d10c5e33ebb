package io.polarj.engine.api;

/**
 * A range of an index. Bounds are values of its first columns (fewer than all make a prefix bound);
 * null: unbounded. A {@code null} value inside a bound is SQL NULL, which sorts first.
 */
public record KeyRange(Object[] low, boolean lowInclusive, Object[] high, boolean highInclusive) {
  public static final KeyRange ALL = new KeyRange(null, true, null, true);

  /** All entries that begin with these values. */
  public static KeyRange prefix(Object... values) {
    return new KeyRange(values, true, values, true);
  }
}
