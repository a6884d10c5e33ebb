package io.polarj.sql.plan;

import org.apache.calcite.util.ImmutableBitSet;

/**
 * The fields that are read above: those that expressions look at, and those that are only handed on
 * to the client and may stay as they are stored.
 */
record Needs(ImmutableBitSet evaluated, ImmutableBitSet passed) {
  static Needs none() {
    return new Needs(ImmutableBitSet.of(), ImmutableBitSet.of());
  }

  static Needs evaluated(ImmutableBitSet fields) {
    return new Needs(fields, ImmutableBitSet.of());
  }

  Needs plus(ImmutableBitSet moreEvaluated) {
    return new Needs(evaluated.union(moreEvaluated), passed);
  }

  ImmutableBitSet all() {
    return evaluated.union(passed);
  }

  /** Those from {@code offset} on, {@code width} of them, renumbered from 0. */
  Needs slice(int offset, int width) {
    return new Needs(slice(evaluated, offset, width), slice(passed, offset, width));
  }

  private static ImmutableBitSet slice(ImmutableBitSet fields, int offset, int width) {
    return fields.intersect(ImmutableBitSet.range(offset, offset + width)).shift(-offset);
  }
}
