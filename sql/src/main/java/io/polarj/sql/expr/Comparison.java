package io.polarj.sql.expr;

import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.schema.Collation;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;

/** MySQL's comparison of two values that are not NULL: what they are decides how. */
final class Comparison {
  private Comparison() {}

  static int compare(Object a, Object b, Collation collation, EvalContext context) {
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (a instanceof String x && b instanceof String y) {
      return CollationOrder.compare(collation, x, y);
    }
    if (isText(a) && isText(b)) {
      return Arrays.compareUnsigned(Values.toBytes(a), Values.toBytes(b));
    }
    boolean temporalA = isTemporal(a);
    boolean temporalB = isTemporal(b);
    if (temporalA && temporalB) {
      return temporals(a, b, context);
    }
    if (temporalA && isText(b)) {
      return textToTemporal(a, b, context);
    }
    if (temporalB && isText(a)) {
      return -textToTemporal(b, a, context);
    }
    return numbers(Values.toNumber(a), Values.toNumber(b));
  }

  private static boolean isText(Object value) {
    return value instanceof String || value instanceof byte[];
  }

  static boolean isTemporal(Object value) {
    return value instanceof LocalDate
        || value instanceof LocalDateTime
        || value instanceof Duration;
  }

  static int numbers(Number a, Number b) {
    if (a instanceof Double || b instanceof Double) {
      double x = a.doubleValue();
      double y = b.doubleValue();
      return x < y ? -1 : x > y ? 1 : 0;
    }
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    return Values.decimal(a).compareTo(Values.decimal(b));
  }

  private static int temporals(Object a, Object b, EvalContext context) {
    if (a instanceof Duration x && b instanceof Duration y) {
      return x.compareTo(y);
    }
    if (a instanceof LocalDate x && b instanceof LocalDate y) {
      return x.compareTo(y);
    }
    LocalDate today =
        a instanceof Duration || b instanceof Duration ? Temporals.today(context) : null;
    return Temporals.toDateTime(a, today).compareTo(Temporals.toDateTime(b, today));
  }

  private static int textToTemporal(Object temporal, Object text, EvalContext context) {
    Object parsed =
        temporal instanceof Duration ? Temporals.toTime(text) : Temporals.toDateTime(text, null);
    if (parsed != null) {
      return temporals(temporal, parsed, context);
    }
    return Arrays.compareUnsigned(Values.toBytes(temporal), Values.toBytes(text));
  }

  static boolean isZero(Number number) {
    return switch (number) {
      case Long l -> l == 0;
      case BigDecimal d -> d.signum() == 0;
      default -> number.doubleValue() == 0;
    };
  }
}
