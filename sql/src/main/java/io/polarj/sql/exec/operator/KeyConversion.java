package io.polarj.sql.exec.operator;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.expr.StoreConversion;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Values of expressions as bounds of an index on a column of maybe another type. A bound that can
 * not be given exactly is given wider; the condition itself is then evaluated again on each row
 * (the planner keeps it unless {@link #exact}).
 */
public final class KeyConversion {
  /** What {@link #equal} gives when no value of the column can be equal. */
  static final Object NOTHING = new Object();

  /** A value of which nothing can be said: any row may match, and the condition is evaluated. */
  static final Object ANYTHING = new Object();

  /** A bound. */
  record Limit(Object value, boolean inclusive) {}

  static final Limit UNBOUNDED = new Limit(null, true);
  static final Limit NONE_MATCHES = new Limit(null, false);

  private static final int MAX_FRACTION_DIGITS = 6;
  private static final Pattern PLAIN_NUMBER = Pattern.compile("[+-]?[0-9]{1,60}([.][0-9]{1,30})?");

  private KeyConversion() {}

  private static boolean integer(TypeKind kind) {
    return switch (kind) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, YEAR -> true;
      default -> false;
    };
  }

  private static boolean text(TypeKind kind) {
    return switch (kind) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT -> true;
      default -> false;
    };
  }

  private static boolean binary(TypeKind kind) {
    return switch (kind) {
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> true;
      default -> false;
    };
  }

  /** Whether comparing such a column with a value of such a type can use an index at all. */
  public static boolean usable(ColumnType column, ColumnType value) {
    TypeKind c = column.kind();
    TypeKind v = value.kind();
    if (adapted(column, value)) {
      return true;
    }
    if (integer(c)) {
      return integer(v) || v == TypeKind.DECIMAL || v == TypeKind.DOUBLE || v == TypeKind.FLOAT;
    }
    return switch (c) {
      case DECIMAL -> integer(v) || v == TypeKind.DECIMAL;
      case DOUBLE ->
          integer(v) || v == TypeKind.DECIMAL || v == TypeKind.DOUBLE || v == TypeKind.FLOAT;
      case DATE -> v == TypeKind.DATE || v == TypeKind.DATETIME;
      case DATETIME -> v == TypeKind.DATE || v == TypeKind.DATETIME;
      case TIMESTAMP -> v == TypeKind.TIMESTAMP;
      case TIME -> v == TypeKind.TIME;
      default ->
          text(c)
              ? text(v) && comparesAs(column, value)
              : binary(c) && c != TypeKind.BINARY && binary(v);
    };
  }

  /** Whether the value is of quite another type and is made the column's before it bounds. */
  public static boolean adapted(ColumnType column, ColumnType value) {
    boolean words = text(value.kind());
    return switch (column.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, DECIMAL, DOUBLE -> words;
      case DATE, DATETIME -> words;
      case TIMESTAMP -> words || value.kind() == TypeKind.DATE || value.kind() == TypeKind.DATETIME;
      case TIME -> words;
      default -> false;
    };
  }

  /** The expression with its values made the column's; {@link #ANYTHING} if one can not be. */
  public static Expr adapted(Expr expr, ColumnType column) {
    ColumnType wide =
        switch (column.kind()) {
          case DATE, DATETIME -> MySqlTypes.temporal(TypeKind.DATETIME, MAX_FRACTION_DIGITS);
          case TIMESTAMP -> MySqlTypes.temporal(TypeKind.TIMESTAMP, MAX_FRACTION_DIGITS);
          case TIME -> MySqlTypes.temporal(TypeKind.TIME, MAX_FRACTION_DIGITS);
          default -> null;
        };
    ColumnDef target = wide == null ? null : ColumnDef.of("", wide, true);
    return (row, context) -> {
      Object value = expr.eval(row, context);
      if (value == null) {
        return null;
      }
      if (target == null) {
        return number(value.toString().strip());
      }
      try {
        Object converted = StoreConversion.toColumn(value, target, context.session(), 1, false);
        return converted == null ? ANYTHING : converted;
      } catch (SqlException e) {
        // The comparison itself decides what such a value means.
        return ANYTHING;
      }
    };
  }

  private static Object number(String text) {
    return PLAIN_NUMBER.matcher(text).matches() ? new BigDecimal(text) : ANYTHING;
  }

  /** A column's own collation decides, but a binary one on the other side wins. */
  private static boolean comparesAs(ColumnType column, ColumnType value) {
    return MySqlTypes.collation(column, value) == column.collation();
  }

  /** Whether a range made from such a value holds exactly the rows that the comparison does. */
  public static boolean exact(ColumnType column, ColumnType value, int prefixLength) {
    return prefixLength == 0
        && !adapted(column, value)
        && usable(column, value)
        && ((integer(column.kind()) && integer(value.kind()))
            || (text(column.kind()) && text(value.kind()))
            || (column.kind() == value.kind()
                && switch (column.kind()) {
                  case DATE, TIME, DATETIME, TIMESTAMP -> column.scale() >= value.scale();
                  default -> false;
                }));
  }

  /** The column value that equals the given one, {@link #NOTHING} if there is none. */
  static Object equal(Object value, ColumnType valueType, ColumnType column, int prefixLength) {
    if (value == null) {
      return NOTHING;
    }
    if (value == ANYTHING) {
      return ANYTHING;
    }
    Limit low = low(value, valueType, column, prefixLength, true);
    if (low == NONE_MATCHES || low == UNBOUNDED) {
      return NOTHING;
    }
    if (value instanceof Long && low.value() instanceof Long) {
      return low.inclusive() && low.value().equals(value) ? low.value() : NOTHING;
    }
    if (value instanceof Number && prefixLength == 0) {
      Limit high = high(value, valueType, column, prefixLength, true);
      return high.value() != null && high.value().equals(low.value()) ? low.value() : NOTHING;
    }
    if (column.kind() == TypeKind.DATE && value instanceof LocalDateTime time) {
      return time.toLocalDate().atStartOfDay().equals(time) ? low.value() : NOTHING;
    }
    return low.value();
  }

  static Limit low(
      Object value, ColumnType valueType, ColumnType column, int prefixLength, boolean inclusive) {
    return limit(value, valueType, column, prefixLength, inclusive, true);
  }

  static Limit high(
      Object value, ColumnType valueType, ColumnType column, int prefixLength, boolean inclusive) {
    return limit(value, valueType, column, prefixLength, inclusive, false);
  }

  private static Limit limit(
      Object value,
      ColumnType valueType,
      ColumnType column,
      int prefixLength,
      boolean inclusive,
      boolean low) {
    TypeKind kind = column.kind();
    if (value == ANYTHING) {
      return UNBOUNDED;
    }
    if (integer(kind)) {
      return integerLimit(value, valueType, column, inclusive, low);
    }
    if (text(kind)) {
      return textLimit(value.toString(), prefixLength, inclusive);
    }
    if (binary(kind)) {
      byte[] bytes =
          value instanceof byte[] b ? b : value.toString().getBytes(StandardCharsets.UTF_8);
      return prefixLength > 0 && bytes.length >= prefixLength
          ? new Limit(Arrays.copyOf(bytes, prefixLength), true)
          : new Limit(bytes, inclusive);
    }
    return switch (kind) {
      case DECIMAL -> decimalLimit(decimal(value, valueType), column, inclusive, low);
      case DOUBLE -> new Limit(decimal(value, valueType).doubleValue(), true);
      case DATE ->
          value instanceof LocalDateTime time
              ? new Limit(time.toLocalDate(), low || inclusive || hasTime(time))
              : new Limit((LocalDate) value, inclusive);
      case DATETIME, TIMESTAMP ->
          new Limit(
              value instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) value,
              inclusive);
      case TIME -> new Limit((Duration) value, inclusive);
      default -> UNBOUNDED;
    };
  }

  private static boolean hasTime(LocalDateTime time) {
    return !time.toLocalDate().atStartOfDay().equals(time);
  }

  private static Limit textLimit(String value, int prefixLength, boolean inclusive) {
    if (prefixLength > 0 && value.codePointCount(0, value.length()) >= prefixLength) {
      return new Limit(value.substring(0, value.offsetByCodePoints(0, prefixLength)), true);
    }
    return new Limit(value, inclusive || prefixLength > 0);
  }

  private static boolean unsigned64(ColumnType type) {
    return type.kind() == TypeKind.BIT || (type.kind() == TypeKind.BIGINT && type.unsigned());
  }

  private static BigDecimal decimal(Object value, ColumnType type) {
    return switch (value) {
      case BigDecimal d -> d;
      case Long l when l < 0 && unsigned64(type) -> new BigDecimal(Long.toUnsignedString(l));
      case Long l -> BigDecimal.valueOf(l);
      case Float f -> new BigDecimal(f.doubleValue());
      case Double d when Double.isFinite(d) -> new BigDecimal(d);
      default -> BigDecimal.ZERO;
    };
  }

  private static Limit integerLimit(
      Object value, ColumnType valueType, ColumnType column, boolean inclusive, boolean low) {
    long min = smallest(column);
    long max = largest(column);
    if (value instanceof Long number) {
      boolean huge = number < 0 && unsigned64(valueType);
      if (unsigned64(column)) {
        return number >= 0 || huge ? new Limit(number, inclusive) : low ? UNBOUNDED : NONE_MATCHES;
      }
      if (huge || number > max) {
        return low ? NONE_MATCHES : UNBOUNDED;
      }
      return number >= min ? new Limit(number, inclusive) : low ? UNBOUNDED : NONE_MATCHES;
    }
    BigDecimal exact = decimal(value, valueType);
    BigInteger rounded =
        exact.setScale(0, low ? RoundingMode.CEILING : RoundingMode.FLOOR).toBigInteger();
    boolean whole = exact.compareTo(new BigDecimal(rounded)) == 0;
    BigInteger smallest = unsigned64(column) ? BigInteger.ZERO : BigInteger.valueOf(min);
    BigInteger largest =
        unsigned64(column)
            ? BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE)
            : BigInteger.valueOf(max);
    if (rounded.compareTo(smallest) < 0) {
      return low ? UNBOUNDED : NONE_MATCHES;
    }
    if (rounded.compareTo(largest) > 0) {
      return low ? NONE_MATCHES : UNBOUNDED;
    }
    return new Limit(rounded.longValue(), inclusive || !whole);
  }

  private static Limit decimalLimit(
      BigDecimal value, ColumnType column, boolean inclusive, boolean low) {
    BigDecimal rounded =
        value.setScale(column.scale(), low ? RoundingMode.CEILING : RoundingMode.FLOOR);
    if (rounded.precision() - rounded.scale() > column.length() - column.scale()) {
      return low == (rounded.signum() > 0) ? NONE_MATCHES : UNBOUNDED;
    }
    return new Limit(rounded, inclusive || rounded.compareTo(value) != 0);
  }

  private static int bits(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT -> 8;
      case SMALLINT -> 16;
      case MEDIUMINT -> 24;
      case INT -> 32;
      default -> 64;
    };
  }

  private static long smallest(ColumnType type) {
    if (type.unsigned() || type.kind() == TypeKind.YEAR) {
      return 0;
    }
    return -1L << (bits(type) - 1);
  }

  private static long largest(ColumnType type) {
    if (type.kind() == TypeKind.YEAR) {
      return 2155;
    }
    int valueBits = bits(type) - (type.unsigned() ? 0 : 1);
    return valueBits >= 63 ? Long.MAX_VALUE : (1L << valueBits) - 1;
  }
}
