package io.polarj.sql.expr;

import io.polarj.sql.lex.SqlText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;

/**
 * Conversions between the values of expressions while they are computed: Long (an unsigned number
 * beyond its range is a BigDecimal), BigDecimal, Double, String, byte[], LocalDate, LocalDateTime
 * (in the session's time zone), Duration. They never fail: what can not be converted counts as far
 * as it can be read, as in MySQL.
 */
final class Values {
  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal TWO_64 = new BigDecimal(BigInteger.ONE.shiftLeft(64));

  private Values() {}

  /** The 64 bits of an unsigned column as a number. */
  static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : BigDecimal.valueOf(bits).add(TWO_64);
  }

  static Object integer(BigInteger value) {
    return value.bitLength() < 64 ? (Object) value.longValue() : new BigDecimal(value);
  }

  /** As a number for arithmetic: Long, BigDecimal or Double. */
  static Number toNumber(Object value) {
    return switch (value) {
      case Long number -> number;
      case BigDecimal number -> number;
      case Double number -> number;
      case Float number -> number.doubleValue();
      case LocalDate date -> Temporals.number(date);
      case LocalDateTime time -> Temporals.number(time);
      case Duration time -> Temporals.number(time);
      case byte[] bytes -> parseDouble(text(bytes));
      default -> parseDouble(value.toString());
    };
  }

  static double toDouble(Object value) {
    return toNumber(value).doubleValue();
  }

  static BigDecimal toDecimal(Object value) {
    if (value instanceof String || value instanceof byte[]) {
      return parseDecimal(toText(value));
    }
    return decimal(toNumber(value));
  }

  static BigDecimal decimal(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Double d ->
          d.isNaN() || d.isInfinite() ? BigDecimal.ZERO : new BigDecimal(Double.toString(d));
      default -> BigDecimal.valueOf(number.longValue());
    };
  }

  /** Rounded, and limited to what a BIGINT holds. */
  static long toLong(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof String || value instanceof byte[]) {
      BigDecimal whole = parseDecimal(toText(value)).setScale(0, RoundingMode.DOWN);
      return clamp(whole);
    }
    Number number = toNumber(value);
    return switch (number) {
      case Long l -> l;
      case Double d -> Math.round(Math.rint(d));
      default -> clamp(decimal(number).setScale(0, RoundingMode.HALF_UP));
    };
  }

  static long clamp(BigDecimal value) {
    if (value.compareTo(MIN_LONG) <= 0) {
      return Long.MIN_VALUE;
    }
    return value.compareTo(MAX_LONG) >= 0 ? Long.MAX_VALUE : value.longValue();
  }

  /** The low 64 bits, for bit operations and unsigned columns. */
  static long toBits(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof byte[] bytes && bytes.length <= 8) {
      return bigEndian(bytes);
    }
    BigInteger whole = toDecimal(value).setScale(0, RoundingMode.HALF_UP).toBigInteger();
    BigInteger max = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    return whole.signum() < 0 ? whole.longValue() : whole.min(max).longValue();
  }

  static long bigEndian(byte[] bytes) {
    long value = 0;
    for (byte b : bytes) {
      value = value << 8 | (b & 0xff);
    }
    return value;
  }

  static int toInt(Object value) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, toLong(value)));
  }

  static String toText(Object value) {
    return switch (value) {
      case String text -> text;
      case Long number -> number.toString();
      case BigDecimal number -> number.toPlainString();
      case Double number -> format(number);
      case Float number -> format(Double.parseDouble(number.toString()));
      case byte[] bytes -> text(bytes);
      case LocalDateTime time -> Temporals.format(time);
      case Duration time -> Temporals.format(time);
      default -> value.toString();
    };
  }

  static byte[] toBytes(Object value) {
    return value instanceof byte[] bytes ? bytes : SqlText.encode(toText(value));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static String format(double value) {
    if (value == 0) {
      return Double.compare(value, 0.0) < 0 ? "-0" : "0";
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    double size = Math.abs(value);
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size < 1e15 && size >= 1e-5) {
      return decimal.toPlainString();
    }
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (size >= 1e15 || size < 1e-15 || exponent < -5) {
      return decimal.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
    return decimal.toPlainString();
  }

  /** How many characters from the start make a number; 0: none. */
  static int numberPrefix(String text, int from) {
    int i = from;
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    int digits = i;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    int count = i - digits;
    if (i < text.length() && text.charAt(i) == '.') {
      int fraction = i + 1;
      while (fraction < text.length() && isDigit(text.charAt(fraction))) {
        fraction++;
      }
      count += fraction - i - 1;
      i = fraction;
    }
    if (count == 0) {
      return from;
    }
    if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      int e = i + 1;
      if (e < text.length() && (text.charAt(e) == '-' || text.charAt(e) == '+')) {
        e++;
      }
      int first = e;
      while (e < text.length() && isDigit(text.charAt(e)) && e - first < 6) {
        e++;
      }
      i = e > first ? e : i;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static int skipBlanks(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) <= ' ') {
      i++;
    }
    return i;
  }

  static double parseDouble(String text) {
    int from = skipBlanks(text);
    int to = numberPrefix(text, from);
    if (to == from) {
      return 0;
    }
    double value = Double.parseDouble(text.substring(from, to));
    return Double.isInfinite(value) ? Math.copySign(Double.MAX_VALUE, value) : value;
  }

  static BigDecimal parseDecimal(String text) {
    int from = skipBlanks(text);
    int to = numberPrefix(text, from);
    if (to == from) {
      return BigDecimal.ZERO;
    }
    BigDecimal value = new BigDecimal(text.substring(from, to));
    // An exponent must not make a number of a million digits.
    if (value.signum() == 0 || value.precision() - (long) value.scale() > 100) {
      return value.signum() == 0
          ? BigDecimal.ZERO
          : BigDecimal.TEN.pow(82).multiply(BigDecimal.valueOf(value.signum()));
    }
    return value.scale() > 60
        ? value.setScale(60, RoundingMode.HALF_UP)
        : value.scale() < 0 ? value.setScale(0) : value;
  }

  /** Whether the whole text, blanks aside, is a number. */
  static boolean isNumber(String text) {
    int from = skipBlanks(text);
    int to = numberPrefix(text, from);
    return to > from && text.substring(to).isBlank();
  }
}
