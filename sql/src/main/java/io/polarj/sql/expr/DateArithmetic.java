package io.polarj.sql.expr;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Adding intervals to dates, and taking them apart. */
final class DateArithmetic {
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(1_000_000_000_000L);

  private DateArithmetic() {}

  private static final class Interval {
    long months;
    long micros;
  }

  /** What an interval's value and unit mean; null when it is nothing. */
  private static Interval interval(Object value, String unit, int sign) {
    Interval interval = new Interval();
    switch (unit) {
      case "YEAR" -> interval.months = sign * Math.multiplyExact(Values.toLong(value), 12);
      case "QUARTER" -> interval.months = sign * Math.multiplyExact(Values.toLong(value), 3);
      case "MONTH" -> interval.months = sign * Values.toLong(value);
      case "WEEK" -> interval.micros = micros(value, 7 * 86400L, sign);
      case "DAY" -> interval.micros = micros(value, 86400, sign);
      case "HOUR" -> interval.micros = micros(value, 3600, sign);
      case "MINUTE" -> interval.micros = micros(value, 60, sign);
      case "SECOND" -> {
        BigDecimal seconds = Values.toDecimal(value).min(MAX_SECONDS).max(MAX_SECONDS.negate());
        interval.micros =
            sign * seconds.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValue();
      }
      case "MICROSECOND" -> interval.micros = sign * Values.toLong(value);
      default -> compound(interval, Values.toText(value), unit, sign);
    }
    return interval;
  }

  private static long micros(Object value, long seconds, int sign) {
    return Math.multiplyExact(Math.multiplyExact(Values.toLong(value), seconds * 1_000_000), sign);
  }

  /** Such as '1:30' MINUTE_SECOND; the rightmost number is that of the smallest unit. */
  private static void compound(Interval interval, String text, String unit, int sign) {
    String body = text.strip();
    boolean negative = body.startsWith("-");
    String[] digits = body.replaceFirst("^\\D+", "").split("\\D+");
    long[] numbers = new long[digits.length];
    for (int i = 0; i < digits.length; i++) {
      numbers[i] = digits[i].isEmpty() || digits[i].length() > 12 ? 0 : Long.parseLong(digits[i]);
    }
    int direction = negative ? -sign : sign;
    if (unit.equals("YEAR_MONTH")) {
      interval.months = direction * (at(numbers, 1) * 12 + at(numbers, 0));
      return;
    }
    String smallest = unit.substring(unit.indexOf('_') + 1);
    long[] scale = {1, 1_000_000, 60_000_000, 3_600_000_000L, 86_400_000_000L};
    int first =
        switch (smallest) {
          case "MICROSECOND" -> 0;
          case "SECOND" -> 1;
          case "MINUTE" -> 2;
          default -> 3;
        };
    long micros = 0;
    for (int i = 0; first + i < scale.length; i++) {
      long number = at(numbers, i);
      if (first == 0 && i == 0 && digits.length > 1) {
        number = Long.parseLong((digits[digits.length - 1] + "000000").substring(0, 6));
      }
      micros = Math.addExact(micros, Math.multiplyExact(number, scale[first + i]));
    }
    interval.micros = direction * micros;
  }

  private static long at(long[] numbers, int fromRight) {
    int index = numbers.length - 1 - fromRight;
    return index < 0 ? 0 : numbers[index];
  }

  static Object add(Object date, Object amount, String unit, int sign) {
    try {
      Interval interval = interval(amount, unit, sign);
      if (date instanceof Duration time) {
        return Temporals.ofMicros(Math.addExact(Temporals.micros(time), interval.micros));
      }
      boolean days =
          interval.micros % 86_400_000_000L == 0
              && !unit.contains("HOUR")
              && !unit.contains("MINUTE")
              && !unit.contains("SECOND");
      if (date instanceof LocalDate day && days) {
        return checked(
            day.atStartOfDay()
                .plusMonths(interval.months)
                .plusDays(interval.micros / 86_400_000_000L),
            true);
      }
      LocalDateTime time = Temporals.toDateTime(date, null);
      if (time == null) {
        return null;
      }
      LocalDateTime sum = time.plusMonths(interval.months).plus(interval.micros, ChronoUnit.MICROS);
      if (date instanceof String text) {
        boolean dateOnly = days && text.strip().length() <= 10;
        Object checked = checked(sum, dateOnly);
        return checked == null ? null : Values.toText(checked);
      }
      return checked(sum, false);
    } catch (ArithmeticException | DateTimeException e) {
      // Outside of what dates can be: MySQL gives NULL.
      return null;
    }
  }

  private static Object checked(LocalDateTime time, boolean dateOnly) {
    if (time.getYear() < 0 || time.getYear() > 9999) {
      return null;
    }
    return dateOnly ? (Object) time.toLocalDate() : time;
  }

  static Object addTime(Object value, Object more, int sign) {
    Duration time = Temporals.toTime(more);
    if (time == null) {
      return null;
    }
    long micros = sign * Temporals.micros(time);
    LocalDateTime full = value instanceof Duration ? null : Temporals.toDateTime(value, null);
    if (full != null) {
      Object sum = checked(full.plus(micros, ChronoUnit.MICROS), false);
      return value instanceof String && sum != null ? Values.toText(sum) : sum;
    }
    Duration base = Temporals.toTime(value);
    if (base == null) {
      return null;
    }
    Duration sum = Temporals.ofMicros(Temporals.micros(base) + micros);
    return value instanceof String ? Values.toText(sum) : (Object) sum;
  }

  static Object difference(String unit, Object from, Object to) {
    LocalDateTime a = Temporals.toDateTime(from, null);
    LocalDateTime b = Temporals.toDateTime(to, null);
    if (a == null || b == null) {
      return null;
    }
    return switch (unit) {
      case "MICROSECOND" -> ChronoUnit.MICROS.between(a, b);
      case "SECOND" -> ChronoUnit.SECONDS.between(a, b);
      case "MINUTE" -> ChronoUnit.MINUTES.between(a, b);
      case "HOUR" -> ChronoUnit.HOURS.between(a, b);
      case "DAY" -> ChronoUnit.DAYS.between(a, b);
      case "WEEK" -> ChronoUnit.WEEKS.between(a, b);
      case "MONTH" -> ChronoUnit.MONTHS.between(a, b);
      case "QUARTER" -> ChronoUnit.MONTHS.between(a, b) / 3;
      case "YEAR" -> ChronoUnit.YEARS.between(a, b);
      default -> null;
    };
  }

  static Object extract(String unit, Object value) {
    boolean date =
        switch (unit) {
          case "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "YEAR_MONTH" -> true;
          default -> false;
        };
    LocalDateTime full = value instanceof Duration ? null : Temporals.toDateTime(value, null);
    if (date) {
      return full == null ? null : (Object) datePart(unit, full.toLocalDate());
    }
    Duration time = full == null ? Temporals.toTime(value) : Temporals.toTime(full);
    if (time == null) {
      return null;
    }
    long micros = Temporals.micros(time);
    long size = Math.abs(micros);
    long seconds = size / 1_000_000;
    long hms = seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60;
    long day = full == null ? 0 : full.getDayOfMonth();
    long part =
        switch (unit) {
          case "HOUR" -> seconds / 3600;
          case "MINUTE" -> seconds / 60 % 60;
          case "SECOND" -> seconds % 60;
          case "MICROSECOND" -> size % 1_000_000;
          case "HOUR_MINUTE" -> hms / 100;
          case "HOUR_SECOND" -> hms;
          case "HOUR_MICROSECOND" -> hms * 1_000_000 + size % 1_000_000;
          case "MINUTE_SECOND" -> hms % 10000;
          case "MINUTE_MICROSECOND" -> hms % 10000 * 1_000_000 + size % 1_000_000;
          case "SECOND_MICROSECOND" -> hms % 100 * 1_000_000 + size % 1_000_000;
          case "DAY_HOUR" -> day * 100 + hms / 10000;
          case "DAY_MINUTE" -> day * 10000 + hms / 100;
          case "DAY_SECOND" -> day * 1_000_000 + hms;
          default -> (day * 1_000_000 + hms) * 1_000_000 + size % 1_000_000;
        };
    return micros < 0 ? -part : part;
  }

  private static long datePart(String unit, LocalDate date) {
    return switch (unit) {
      case "YEAR" -> date.getYear();
      case "QUARTER" -> (date.getMonthValue() + 2) / 3;
      case "MONTH" -> date.getMonthValue();
      case "WEEK" -> DateFormats.week(date, 0) % 100;
      case "DAY" -> date.getDayOfMonth();
      default -> date.getYear() * 100L + date.getMonthValue();
    };
  }
}
