package io.polarj.sql.exec.operator;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.expr.Expr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How an execution finds the ranges of an index to read: values that its first columns equal, and
 * bounds on the column after them. Expressions see the outer row of a join (or none), parameters
 * and outer rows of a subquery.
 */
public final class KeyPlan {
  /** An expression and the type of its values. */
  public record Value(Expr expr, ColumnType type) {}

  /**
   * A column that equals one of some values. {@code nullSafe}: NULL equals NULL ({@code <=>}, IS
   * NULL). {@code prefixLength}: of the index part, 0 for all.
   */
  public record Equality(
      ColumnType column, int prefixLength, List<Value> values, boolean nullSafe) {
    public Equality {
      values = List.copyOf(values);
    }
  }

  /** A bound on a column. */
  public record Bound(ColumnType column, int prefixLength, Value value, boolean inclusive) {}

  private static final int MAX_RANGES = 4096;

  private final List<Equality> equalities;
  private final Bound low;
  private final Bound high;
  private final boolean notNull;
  private final boolean single;

  /** {@code notNull}: the column after the equalities is not NULL, for want of a low bound. */
  public KeyPlan(List<Equality> equalities, Bound low, Bound high, boolean notNull) {
    this.equalities = List.copyOf(equalities);
    this.low = low;
    this.high = high;
    this.notNull = notNull;
    this.single = equalities.stream().allMatch(e -> e.values().size() == 1);
  }

  public List<Equality> equalities() {
    return equalities;
  }

  public boolean bounded() {
    return low != null || high != null;
  }

  /** Whether there is at most one range. */
  public boolean single() {
    return single;
  }

  /** The values of a whole key of a unique index, or null when nothing can equal it. */
  Object[] point(Object[] outer, Execution execution) {
    Object[] key = new Object[equalities.size()];
    for (int i = 0; i < key.length; i++) {
      Equality equality = equalities.get(i);
      Value value = equality.values().get(0);
      Object converted =
          KeyConversion.equal(
              value.expr().eval(outer, execution), value.type(), equality.column(), 0);
      if (converted == null || converted == KeyConversion.NOTHING) {
        return null;
      }
      key[i] = converted;
    }
    return key;
  }

  /** The ranges in index order, without overlaps; empty when nothing can match. */
  public List<KeyRange> ranges(Object[] outer, Execution execution) {
    if (single) {
      Object[] prefix = new Object[equalities.size()];
      for (int i = 0; i < prefix.length; i++) {
        Object value = converted(equalities.get(i), 0, outer, execution);
        if (value == KeyConversion.NOTHING) {
          return List.of();
        }
        if (value == KeyConversion.ANYTHING) {
          return List.of(KeyRange.ALL);
        }
        prefix[i] = value;
      }
      KeyRange range = bounded(prefix, outer, execution);
      return range == null ? List.of() : List.of(range);
    }
    List<Object[]> prefixes = List.<Object[]>of(Execution.NO_ROW);
    for (Equality equality : equalities) {
      List<Object> values = distinctValues(equality, outer, execution);
      if (values == null) {
        return List.of(KeyRange.ALL);
      }
      List<Object[]> longer = new ArrayList<>();
      for (Object[] prefix : prefixes) {
        for (Object value : values) {
          Object[] key = Arrays.copyOf(prefix, prefix.length + 1);
          key[prefix.length] = value;
          longer.add(key);
        }
      }
      prefixes = longer;
      if (prefixes.size() > MAX_RANGES) {
        return List.of(KeyRange.ALL);
      }
    }
    List<KeyRange> ranges = new ArrayList<>(prefixes.size());
    for (Object[] prefix : prefixes) {
      KeyRange range = bounded(prefix, outer, execution);
      if (range != null) {
        ranges.add(range);
      }
    }
    return ranges;
  }

  private static Object converted(
      Equality equality, int value, Object[] outer, Execution execution) {
    Value source = equality.values().get(value);
    Object given = source.expr().eval(outer, execution);
    if (given == null) {
      return equality.nullSafe() ? null : KeyConversion.NOTHING;
    }
    return KeyConversion.equal(given, source.type(), equality.column(), equality.prefixLength());
  }

  /** Null when any value may match. */
  private static List<Object> distinctValues(
      Equality equality, Object[] outer, Execution execution) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < equality.values().size(); i++) {
      Object value = converted(equality, i, outer, execution);
      if (value == KeyConversion.ANYTHING) {
        return null;
      }
      if (value != KeyConversion.NOTHING) {
        values.add(value);
      }
    }
    ValueOrder order = ValueOrder.of(equality.column());
    values.sort(order);
    List<Object> distinct = new ArrayList<>(values.size());
    for (Object value : values) {
      if (distinct.isEmpty() || order.compare(distinct.getLast(), value) != 0) {
        distinct.add(value);
      }
    }
    return distinct;
  }

  private KeyRange bounded(Object[] prefix, Object[] outer, Execution execution) {
    Object[] lowKey = prefix.length == 0 ? null : prefix;
    Object[] highKey = lowKey;
    boolean lowInclusive = true;
    boolean highInclusive = true;
    if (low != null) {
      Object given = low.value().expr().eval(outer, execution);
      if (given == null) {
        return null;
      }
      KeyConversion.Limit limit =
          KeyConversion.low(
              given, low.value().type(), low.column(), low.prefixLength(), low.inclusive());
      if (limit == KeyConversion.NONE_MATCHES) {
        return null;
      }
      if (limit != KeyConversion.UNBOUNDED) {
        lowKey = append(prefix, limit.value());
        lowInclusive = limit.inclusive();
      }
    }
    if (high != null) {
      Object given = high.value().expr().eval(outer, execution);
      if (given == null) {
        return null;
      }
      KeyConversion.Limit limit =
          KeyConversion.high(
              given, high.value().type(), high.column(), high.prefixLength(), high.inclusive());
      if (limit == KeyConversion.NONE_MATCHES) {
        return null;
      }
      if (limit != KeyConversion.UNBOUNDED) {
        highKey = append(prefix, limit.value());
        highInclusive = limit.inclusive();
      }
    }
    if ((notNull || high != null) && lowKey == (prefix.length == 0 ? null : prefix)) {
      lowKey = append(prefix, null);
      lowInclusive = false;
    }
    return lowKey == null && highKey == null
        ? KeyRange.ALL
        : new KeyRange(lowKey, lowInclusive, highKey, highInclusive);
  }

  private static Object[] append(Object[] prefix, Object value) {
    Object[] key = Arrays.copyOf(prefix, prefix.length + 1);
    key[prefix.length] = value;
    return key;
  }
}
