package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** MySQL's arithmetic on values that are not NULL. Division by zero gives null. */
final class Numbers {
  private static final int DIVISION_DIGITS = 4;
  private static final int MAX_SCALE = 30;

  private Numbers() {}

  static Object add(Object a, Object b, ColumnType type) {
    if (a instanceof Long x && b instanceof Long y && !type.unsigned()) {
      long sum = x + y;
      if (((x ^ sum) & (y ^ sum)) < 0) {
        throw outOfRange(type, x + " + " + y);
      }
      return sum;
    }
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (x instanceof Double || y instanceof Double) {
      return finite(x.doubleValue() + y.doubleValue(), a, "+", b);
    }
    return exact(Values.decimal(x).add(Values.decimal(y)), x, y, type, "+");
  }

  static Object subtract(Object a, Object b, ColumnType type) {
    if (a instanceof Long x && b instanceof Long y && !type.unsigned()) {
      long difference = x - y;
      if (((x ^ y) & (x ^ difference)) < 0) {
        throw outOfRange(type, x + " - " + y);
      }
      return difference;
    }
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (x instanceof Double || y instanceof Double) {
      return finite(x.doubleValue() - y.doubleValue(), a, "-", b);
    }
    return exact(Values.decimal(x).subtract(Values.decimal(y)), x, y, type, "-");
  }

  static Object multiply(Object a, Object b, ColumnType type) {
    if (a instanceof Long x && b instanceof Long y && !type.unsigned()) {
      long high = Math.multiplyHigh(x, y);
      long low = x * y;
      if ((high != 0 || low < 0) && (high != -1 || low >= 0)) {
        throw outOfRange(type, x + " * " + y);
      }
      return low;
    }
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (x instanceof Double || y instanceof Double) {
      return finite(x.doubleValue() * y.doubleValue(), a, "*", b);
    }
    BigDecimal product = Values.decimal(x).multiply(Values.decimal(y));
    if (product.scale() > MAX_SCALE) {
      product = product.setScale(MAX_SCALE, RoundingMode.HALF_UP);
    }
    return exact(product, x, y, type, "*");
  }

  static Object divide(Object a, Object b) {
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (Comparison.isZero(y)) {
      return null;
    }
    if (x instanceof Double || y instanceof Double) {
      return finite(x.doubleValue() / y.doubleValue(), a, "/", b);
    }
    BigDecimal dividend = Values.decimal(x);
    int scale = Math.min(MAX_SCALE, Math.max(0, dividend.scale()) + DIVISION_DIGITS);
    return dividend.divide(Values.decimal(y), scale, RoundingMode.HALF_UP);
  }

  static Object integerDivide(Object a, Object b, ColumnType type) {
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (Comparison.isZero(y)) {
      return null;
    }
    if (x instanceof Long dividend && y instanceof Long divisor && divisor != -1) {
      return dividend / divisor;
    }
    BigInteger quotient =
        Values.decimal(x).divide(Values.decimal(y), 0, RoundingMode.DOWN).toBigInteger();
    return integer(quotient, type, Values.toText(a) + " DIV " + Values.toText(b));
  }

  static Object remainder(Object a, Object b) {
    Number x = Values.toNumber(a);
    Number y = Values.toNumber(b);
    if (Comparison.isZero(y)) {
      return null;
    }
    if (x instanceof Long dividend && y instanceof Long divisor) {
      return divisor == -1 ? 0L : (Object) (dividend % divisor);
    }
    if (x instanceof Double || y instanceof Double) {
      return x.doubleValue() % y.doubleValue();
    }
    BigDecimal remainder = Values.decimal(x).remainder(Values.decimal(y));
    boolean integers = !(isDecimal(x) || isDecimal(y));
    return integers ? (Object) remainder.longValue() : whole(remainder, x, y);
  }

  private static Object whole(BigDecimal value, Number x, Number y) {
    return scale(x) == 0 && scale(y) == 0 && value.toBigInteger().bitLength() < 64
        ? (Object) value.setScale(0, RoundingMode.DOWN).longValue()
        : value;
  }

  private static int scale(Number number) {
    return number instanceof BigDecimal decimal ? decimal.scale() : 0;
  }

  private static boolean isDecimal(Number number) {
    return number instanceof BigDecimal;
  }

  static Object negate(Object value) {
    Number number = Values.toNumber(value);
    return switch (number) {
      case Long l -> l == Long.MIN_VALUE ? BigDecimal.valueOf(l).negate() : (Object) (-l);
      case BigDecimal d -> {
        BigDecimal negative = d.negate();
        boolean fits =
            negative.scale() == 0
                && value instanceof BigDecimal
                && negative.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) == 0;
        yield fits ? (Object) Long.MIN_VALUE : negative;
      }
      default -> -number.doubleValue();
    };
  }

  private static Object exact(
      BigDecimal result, Number x, Number y, ColumnType type, String operator) {
    if (type.kind() == TypeKind.DECIMAL || type.kind() == TypeKind.DOUBLE) {
      return result;
    }
    return integer(result.toBigInteger(), type, x + " " + operator + " " + y);
  }

  private static Object integer(BigInteger value, ColumnType type, String text) {
    boolean fits =
        type.unsigned() ? value.signum() >= 0 && value.bitLength() <= 64 : value.bitLength() < 64;
    if (!fits) {
      throw outOfRange(type, text);
    }
    return Values.integer(value);
  }

  private static RuntimeException outOfRange(ColumnType type, String text) {
    return SqlError.DATA_OUT_OF_RANGE.with(
        type.unsigned() ? "BIGINT UNSIGNED" : "BIGINT", "(" + text + ")");
  }

  private static Double finite(double value, Object a, String operator, Object b) {
    if (Double.isInfinite(value) || Double.isNaN(value)) {
      throw SqlError.DATA_OUT_OF_RANGE.with(
          "DOUBLE", "(" + Values.toText(a) + " " + operator + " " + Values.toText(b) + ")");
    }
    return value;
  }
}
