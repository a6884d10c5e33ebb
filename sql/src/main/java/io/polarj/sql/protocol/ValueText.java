package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** How values look as text, as MySQL prints them. */
public final class ValueText {
  private ValueText() {}

  public static String date(LocalDate date) {
    StringBuilder text = new StringBuilder(10);
    appendDate(text, date);
    return text.toString();
  }

  public static String dateTime(LocalDateTime value, int scale) {
    StringBuilder text = new StringBuilder(26);
    appendDate(text, value.toLocalDate());
    text.append(' ');
    pad(text, value.getHour(), 2);
    text.append(':');
    pad(text, value.getMinute(), 2);
    text.append(':');
    pad(text, value.getSecond(), 2);
    appendFraction(text, value.getNano(), scale);
    return text.toString();
  }

  public static String time(Duration value, int scale) {
    StringBuilder text = new StringBuilder(17);
    Duration magnitude = value;
    if (value.isNegative()) {
      text.append('-');
      magnitude = value.negated();
    }
    pad(text, (int) magnitude.toHours(), 2);
    text.append(':');
    pad(text, magnitude.toMinutesPart(), 2);
    text.append(':');
    pad(text, magnitude.toSecondsPart(), 2);
    appendFraction(text, magnitude.getNano(), scale);
    return text.toString();
  }

  /** The shortest text that reads back as the same number; exponents where MySQL has them. */
  public static String floating(double value) {
    return shortest(value, Double.toString(value));
  }

  public static String floating(float value) {
    return shortest(value, Float.toString(value));
  }

  private static String shortest(double value, String javaText) {
    if (value == 0) {
      return "0";
    }
    double magnitude = Math.abs(value);
    if (magnitude >= 1e15 || magnitude < 1e-15) {
      String text = javaText;
      int exponent = text.indexOf('E');
      if (exponent < 0) {
        // between 1e15 and Java's own limit there is none; BigDecimal knows the digits
        BigDecimal plain = new BigDecimal(text).stripTrailingZeros();
        int power = plain.precision() - plain.scale() - 1;
        String digits = plain.unscaledValue().abs().toString();
        String mantissa =
            digits.length() > 1 ? digits.charAt(0) + "." + digits.substring(1) : digits;
        return (value < 0 ? "-" : "") + mantissa + "e" + power;
      }
      String mantissa = text.substring(0, exponent);
      if (mantissa.endsWith(".0")) {
        mantissa = mantissa.substring(0, mantissa.length() - 2);
      }
      return mantissa + "e" + text.substring(exponent + 1);
    }
    String plain = new BigDecimal(javaText).toPlainString();
    return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
  }

  /** Any value of a column as text; not for null. */
  public static String of(Object value, ColumnType type) {
    return switch (value) {
      case Long number ->
          type.kind() == TypeKind.YEAR
              ? String.format("%04d", number)
              : type.unsigned() ? Long.toUnsignedString(number) : Long.toString(number);
      case BigDecimal number -> number.toPlainString();
      case Double number -> floating(number);
      case Float number -> floating(number);
      case LocalDate date -> date(date);
      case LocalDateTime dateTime -> dateTime(dateTime, type.scale());
      case Duration time -> time(time, type.scale());
      default -> value.toString();
    };
  }

  private static void appendDate(StringBuilder text, LocalDate date) {
    pad(text, date.getYear(), 4);
    text.append('-');
    pad(text, date.getMonthValue(), 2);
    text.append('-');
    pad(text, date.getDayOfMonth(), 2);
  }

  private static void appendFraction(StringBuilder text, int nanos, int scale) {
    if (scale <= 0) {
      return;
    }
    text.append('.');
    int divisor = 100_000_000;
    int left = nanos;
    for (int i = 0; i < Math.min(scale, 6); i++) {
      text.append((char) ('0' + left / divisor));
      left %= divisor;
      divisor /= 10;
    }
  }

  private static void pad(StringBuilder text, int value, int width) {
    int digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
    for (int i = digits; i < width; i++) {
      text.append('0');
    }
    text.append(value);
  }
}
