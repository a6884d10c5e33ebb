package io.polarj.sql.expr;

import static io.polarj.sql.expr.FunctionLibrary.alias;
import static io.polarj.sql.expr.FunctionLibrary.always;
import static io.polarj.sql.expr.FunctionLibrary.strict;
import static io.polarj.sql.expr.FunctionLibrary.text;
import static io.polarj.sql.expr.FunctionLibrary.unstable;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleUnaryOperator;

/** Functions of numbers, and the operators that have no kind of Calcite's. */
final class NumericFunctions {
  private NumericFunctions() {}

  static void register() {
    operators();
    rounding();
    real();
    comparing();
    bases();
  }

  private static void operators() {
    strict(
        "&",
        2,
        2,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> Values.unsigned(Values.toBits(a[0]) & Values.toBits(a[1])));
    strict(
        "|",
        2,
        2,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> Values.unsigned(Values.toBits(a[0]) | Values.toBits(a[1])));
    strict(
        "^",
        2,
        2,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> Values.unsigned(Values.toBits(a[0]) ^ Values.toBits(a[1])));
    strict(
        "~",
        1,
        1,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> Values.unsigned(~Values.toBits(a[0])));
    strict(
        "<<",
        2,
        2,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> {
          long bits = Values.toLong(a[1]);
          return bits < 0 || bits > 63 ? 0L : Values.unsigned(Values.toBits(a[0]) << bits);
        });
    strict(
        ">>",
        2,
        2,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> {
          long bits = Values.toLong(a[1]);
          return bits < 0 || bits > 63 ? 0L : Values.unsigned(Values.toBits(a[0]) >>> bits);
        });
    strict(
        "DIV",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> Numbers.integerDivide(a[0], a[1], MySqlTypes.BIGINT));
    strict(
        "XOR",
        2,
        2,
        always(MySqlTypes.TRUTH),
        (a, c) -> Truth.of(Truth.isTrue(a[0]) != Truth.isTrue(a[1])));
    strict(
        "BIT_COUNT",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> (long) Long.bitCount(Values.toBits(a[0])));
  }

  private static ColumnType numeric(ColumnType type) {
    if (MySqlTypes.isInteger(type)) {
      return type.unsigned() ? MySqlTypes.UNSIGNED_BIGINT : MySqlTypes.BIGINT;
    }
    return type.kind() == TypeKind.DECIMAL ? type : MySqlTypes.DOUBLE;
  }

  private static ColumnType whole(List<ColumnType> arguments) {
    ColumnType type = numeric(arguments.get(0));
    return type.kind() == TypeKind.DECIMAL
        ? MySqlTypes.digits(type) - type.scale() < 18
            ? MySqlTypes.BIGINT
            : MySqlTypes.decimal(MySqlTypes.digits(type) - type.scale() + 1, 0)
        : type;
  }

  private static void rounding() {
    strict(
        "ABS",
        1,
        1,
        a -> numeric(a.get(0)),
        (a, c) -> {
          Number number = Values.toNumber(a[0]);
          return negative(number) ? Numbers.negate(number) : (Object) number;
        });
    strict(
        "SIGN",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          Number number = Values.toNumber(a[0]);
          return Comparison.isZero(number) ? 0L : negative(number) ? -1L : 1L;
        });
    strict("CEIL", 1, 1, NumericFunctions::whole, (a, c) -> integral(a[0], RoundingMode.CEILING));
    alias("CEILING", "CEIL");
    strict("FLOOR", 1, 1, NumericFunctions::whole, (a, c) -> integral(a[0], RoundingMode.FLOOR));
    strict(
        "ROUND",
        1,
        2,
        NumericFunctions::rounded,
        (a, c) -> round(a[0], a.length > 1 ? Values.toLong(a[1]) : 0, RoundingMode.HALF_UP));
    strict(
        "TRUNCATE",
        2,
        2,
        NumericFunctions::rounded,
        (a, c) -> round(a[0], Values.toLong(a[1]), RoundingMode.DOWN));
  }

  /** The digits are not known when types are made: the argument's own scale is the most. */
  private static ColumnType rounded(List<ColumnType> arguments) {
    ColumnType type = numeric(arguments.get(0));
    if (type.kind() == TypeKind.DECIMAL && arguments.size() == 1) {
      return MySqlTypes.decimal(MySqlTypes.digits(type) - type.scale() + 1, 0);
    }
    return type.kind() == TypeKind.DECIMAL ? MySqlTypes.decimal(65, 30) : type;
  }

  private static boolean negative(Number number) {
    return number instanceof BigDecimal decimal ? decimal.signum() < 0 : number.doubleValue() < 0;
  }

  private static Object integral(Object value, RoundingMode mode) {
    Number number = Values.toNumber(value);
    return switch (number) {
      case Long l -> l;
      case Double d -> mode == RoundingMode.CEILING ? Math.ceil(d) : (Object) Math.floor(d);
      default -> Values.integer(Values.decimal(number).setScale(0, mode).toBigInteger());
    };
  }

  private static Object round(Object value, long digits, RoundingMode mode) {
    Number number = Values.toNumber(value);
    int scale = (int) Math.max(-70, Math.min(30, digits));
    if (number instanceof Long whole && scale >= 0) {
      return whole;
    }
    if (number instanceof Double real) {
      if (Double.isNaN(real) || Double.isInfinite(real) || (scale >= 0 && Math.abs(real) > 1e15)) {
        return real;
      }
      RoundingMode half = mode == RoundingMode.HALF_UP ? RoundingMode.HALF_EVEN : mode;
      return new BigDecimal(Double.toString(real)).setScale(scale, half).doubleValue();
    }
    BigDecimal decimal = Values.decimal(number);
    BigDecimal rounded = decimal.setScale(scale, mode);
    if (number instanceof Long) {
      return Values.integer(rounded.toBigInteger());
    }
    int kept = Math.max(0, Math.min(scale, decimal.scale()));
    return rounded.setScale(kept, mode);
  }

  private static void real(String name, DoubleUnaryOperator operator) {
    strict(
        name,
        1,
        1,
        always(MySqlTypes.DOUBLE),
        (a, c) -> finite(operator.applyAsDouble(Values.toDouble(a[0]))));
  }

  private static Object finite(double value) {
    return Double.isNaN(value) || Double.isInfinite(value) ? null : (Object) value;
  }

  private static double positive(double value, double result) {
    return value > 0 ? result : Double.NaN;
  }

  private static void real() {
    real("SQRT", Math::sqrt);
    real("EXP", Math::exp);
    real("LN", x -> positive(x, Math.log(x)));
    real("LOG2", x -> positive(x, Math.log(x) / Math.log(2)));
    real("LOG10", x -> positive(x, Math.log10(x)));
    real("SIN", Math::sin);
    real("COS", Math::cos);
    real("TAN", Math::tan);
    real("COT", x -> 1 / Math.tan(x));
    real("ASIN", Math::asin);
    real("ACOS", Math::acos);
    real("DEGREES", Math::toDegrees);
    real("RADIANS", Math::toRadians);
    strict(
        "LOG",
        1,
        2,
        always(MySqlTypes.DOUBLE),
        (a, c) -> {
          double x = Values.toDouble(a[a.length - 1]);
          double log = positive(x, Math.log(x));
          return a.length == 1 ? finite(log) : finite(log / Math.log(Values.toDouble(a[0])));
        });
    strict(
        "ATAN",
        1,
        2,
        always(MySqlTypes.DOUBLE),
        (a, c) ->
            a.length == 1
                ? Math.atan(Values.toDouble(a[0]))
                : Math.atan2(Values.toDouble(a[0]), Values.toDouble(a[1])));
    alias("ATAN2", "ATAN");
    strict(
        "POW",
        2,
        2,
        always(MySqlTypes.DOUBLE),
        (a, c) -> finite(Math.pow(Values.toDouble(a[0]), Values.toDouble(a[1]))));
    alias("POWER", "POW");
    strict("PI", 0, 0, always(MySqlTypes.DOUBLE), (a, c) -> Math.PI);
    unstable(
        "RAND",
        0,
        1,
        always(MySqlTypes.DOUBLE),
        (a, c) ->
            a.length == 0
                ? ThreadLocalRandom.current().nextDouble()
                : new Random(a[0] == null ? 0 : Values.toLong(a[0])).nextDouble());
  }

  private static void comparing() {
    strict("GREATEST", 2, -1, FunctionLibrary::widest, (a, c) -> extreme(a, c, 1));
    strict("LEAST", 2, -1, FunctionLibrary::widest, (a, c) -> extreme(a, c, -1));
    strict(
        "INTERVAL",
        2,
        -1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          long count = 0;
          while (count + 1 < a.length
              && Comparison.compare(a[(int) count + 1], a[0], Collation.UTF8MB4_0900_AI_CI, c)
                  <= 0) {
            count++;
          }
          return count;
        });
  }

  private static Object extreme(Object[] values, EvalContext context, int sign) {
    Object best = values[0];
    for (Object value : values) {
      if (Comparison.compare(value, best, Collation.UTF8MB4_0900_AI_CI, context) * sign > 0) {
        best = value;
      }
    }
    boolean text = false;
    for (Object value : values) {
      text |= value instanceof String;
    }
    return text ? Values.toText(best) : best;
  }

  private static void bases() {
    strict(
        "CONV",
        3,
        3,
        text(64),
        (a, c) -> convert(Values.toText(a[0]), Values.toInt(a[1]), Values.toInt(a[2])));
    strict("BIN", 1, 1, text(64), (a, c) -> Long.toBinaryString(Values.toBits(a[0])));
    strict("OCT", 1, 1, text(64), (a, c) -> Long.toOctalString(Values.toBits(a[0])));
    strict(
        "INET_ATON",
        1,
        1,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> inetToNumber(Values.toText(a[0])));
    strict(
        "INET_NTOA",
        1,
        1,
        text(31),
        (a, c) -> {
          long address = Values.toLong(a[0]);
          return address < 0 || address > 0xffffffffL
              ? null
              : (address >> 24)
                  + "."
                  + (address >> 16 & 255)
                  + "."
                  + (address >> 8 & 255)
                  + "."
                  + (address & 255);
        });
  }

  private static Object convert(String text, int from, int to) {
    if (Math.abs(from) < 2 || Math.abs(from) > 36 || Math.abs(to) < 2 || Math.abs(to) > 36) {
      return null;
    }
    String digits = text.strip();
    boolean negative = digits.startsWith("-");
    int start = negative ? 1 : 0;
    int end = start;
    while (end < digits.length() && Character.digit(digits.charAt(end), Math.abs(from)) >= 0) {
      end++;
    }
    if (end == start) {
      return "0";
    }
    BigInteger value = new BigInteger(digits.substring(start, end), Math.abs(from));
    BigInteger max = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    long bits = value.min(max).longValue();
    bits = negative ? -bits : bits;
    return (to < 0 ? Long.toString(bits, -to) : Long.toUnsignedString(bits, to))
        .toUpperCase(Locale.ROOT);
  }

  private static Object inetToNumber(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    long address = 0;
    for (String part : parts) {
      if (part.isEmpty()
          || part.length() > 3
          || !part.chars().allMatch(Character::isDigit)
          || Integer.parseInt(part) > 255) {
        return null;
      }
      address = address << 8 | Integer.parseInt(part);
    }
    return address;
  }
}
