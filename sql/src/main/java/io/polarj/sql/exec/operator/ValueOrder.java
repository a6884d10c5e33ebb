package io.polarj.sql.exec.operator;

import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;

/**
 * How values of a type are ordered and told apart: the comparator of ORDER BY and the key of GROUP
 * BY, DISTINCT and hash joins, both as the type's collation says. NULL sorts first. Stateless.
 */
public final class ValueOrder implements Comparator<Object> {
  private final ColumnType type;
  private final boolean unsigned;
  private final boolean member;

  private ValueOrder(ColumnType type) {
    this.type = type;
    this.unsigned =
        type.kind() == TypeKind.BIT || (type.kind() == TypeKind.BIGINT && type.unsigned());
    this.member = type.kind() == TypeKind.ENUM && !type.members().isEmpty();
  }

  public static ValueOrder of(ColumnType type) {
    return new ValueOrder(type);
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public int compare(Object a, Object b) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    }
    if (a instanceof Long x && b instanceof Long y) {
      return unsigned ? Long.compareUnsigned(x, y) : Long.compare(x, y);
    }
    if (a instanceof String s && b instanceof String t) {
      return member
          ? Integer.compare(ordinal(s), ordinal(t))
          : CollationOrder.compare(type.collation(), s, t);
    }
    if (a instanceof byte[] x && b instanceof byte[] y) {
      return Arrays.compareUnsigned(x, y);
    }
    if (a instanceof Number x && b instanceof Number y && a.getClass() != b.getClass()) {
      return x instanceof Double || y instanceof Double || x instanceof Float || y instanceof Float
          ? Double.compare(x.doubleValue(), y.doubleValue())
          : decimal(x).compareTo(decimal(y));
    }
    return ((Comparable) a).compareTo(b);
  }

  private int ordinal(String value) {
    return type.members().indexOf(value) + 1;
  }

  private BigDecimal decimal(Number number) {
    return number instanceof BigDecimal d
        ? d
        : unsigned
            ? new BigDecimal(Long.toUnsignedString(number.longValue()))
            : BigDecimal.valueOf(number.longValue());
  }

  /** An object that equals another's exactly when the values are the same to the type. */
  Object key(Object value) {
    return switch (value) {
      case null -> null;
      case String s when type.collation() == Collation.BINARY -> s;
      case String s -> new Bytes(CollationOrder.sortKey(type.collation(), s));
      case byte[] bytes -> new Bytes(bytes);
      case BigDecimal d -> d.signum() == 0 ? BigDecimal.ZERO : d.stripTrailingZeros();
      case Double d when d == 0 -> 0.0;
      case Float f -> f == 0 ? 0.0 : (double) f;
      default -> value;
    };
  }

  /** Bytes by content. */
  private record Bytes(byte[] content) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(content);
    }
  }
}
