package io.polarj.sql.expr;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * Dates and times from and to text and numbers, in MySQL's lenient formats. What is no date is
 * null; zero dates are none.
 */
final class Temporals {
  private static final long MAX_TIME_MICROS = (838L * 3600 + 59 * 60 + 59) * 1_000_000;
  private static final long MICROS = 1_000_000;

  private Temporals() {}

  static long number(LocalDate date) {
    return date.getYear() * 10000L + date.getMonthValue() * 100L + date.getDayOfMonth();
  }

  static Number number(LocalDateTime time) {
    long whole =
        number(time.toLocalDate()) * 1_000_000
            + time.getHour() * 10000L
            + time.getMinute() * 100L
            + time.getSecond();
    return fraction(whole, time.getNano() / 1000);
  }

  static Number number(Duration time) {
    long micros = micros(time);
    long size = Math.abs(micros);
    long seconds = size / MICROS;
    long whole = seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60;
    Number number = fraction(whole, (int) (size % MICROS));
    if (micros >= 0) {
      return number;
    }
    return number instanceof Long value ? (Number) (-value) : ((BigDecimal) number).negate();
  }

  private static Number fraction(long whole, int micros) {
    return micros == 0
        ? (Number) whole
        : BigDecimal.valueOf(whole).add(BigDecimal.valueOf(micros, 6));
  }

  static long micros(Duration time) {
    return Math.addExact(Math.multiplyExact(time.getSeconds(), MICROS), time.getNano() / 1000);
  }

  static Duration ofMicros(long micros) {
    long limited = Math.max(-MAX_TIME_MICROS, Math.min(MAX_TIME_MICROS, micros));
    return Duration.ofSeconds(
        Math.floorDiv(limited, MICROS), Math.floorMod(limited, MICROS) * 1000);
  }

  static String format(LocalDateTime time) {
    StringBuilder text = new StringBuilder(26).append(time.toLocalDate()).append(' ');
    pad(text, time.getHour()).append(':');
    pad(text, time.getMinute()).append(':');
    pad(text, time.getSecond());
    return micros(text, time.getNano() / 1000).toString();
  }

  static String format(Duration time) {
    long micros = micros(time);
    StringBuilder text = new StringBuilder(17);
    if (micros < 0) {
      text.append('-');
    }
    long size = Math.abs(micros);
    long seconds = size / MICROS;
    pad(text, seconds / 3600).append(':');
    pad(text, seconds / 60 % 60).append(':');
    pad(text, seconds % 60);
    return micros(text, (int) (size % MICROS)).toString();
  }

  private static StringBuilder pad(StringBuilder text, long number) {
    return number < 10 ? text.append('0').append(number) : text.append(number);
  }

  private static StringBuilder micros(StringBuilder text, int micros) {
    if (micros != 0) {
      text.append('.').append(String.format("%06d", micros));
    }
    return text;
  }

  static LocalDate toDate(Object value) {
    if (value instanceof LocalDate date) {
      return date;
    }
    LocalDateTime time = toDateTime(value, null);
    return time == null ? null : time.toLocalDate();
  }

  /** {@code today}: the date of a TIME; null when there is none. */
  static LocalDateTime toDateTime(Object value, LocalDate today) {
    return switch (value) {
      case null -> null;
      case LocalDateTime time -> time;
      case LocalDate date -> date.atStartOfDay();
      case Duration time -> today == null ? null : today.atStartOfDay().plus(time);
      case Long number -> ofNumber(number, 0);
      case BigDecimal number ->
          ofNumber(
              number.longValue(), number.remainder(BigDecimal.ONE).movePointRight(6).intValue());
      case Double number -> toDateTime(new BigDecimal(number), today);
      default -> parseDateTime(Values.toText(value));
    };
  }

  private static LocalDateTime ofNumber(long number, int micros) {
    if (number <= 0) {
      return null;
    }
    long full = number;
    if (full < 1_000_000_00L) {
      full = full < 1_000_000 ? withCentury(full) * 1_000_000 : full * 1_000_000;
    } else if (full < 1_000_000_000_000L) {
      full = withCentury(full / 1_000_000) * 1_000_000 + full % 1_000_000;
    }
    long date = full / 1_000_000;
    long time = full % 1_000_000;
    return of(
        (int) (date / 10000),
        (int) (date / 100 % 100),
        (int) (date % 100),
        (int) (time / 10000),
        (int) (time / 100 % 100),
        (int) (time % 100),
        micros);
  }

  private static long withCentury(long yymmdd) {
    return yymmdd + (yymmdd / 10000 < 70 ? 20_000_000 : 19_000_000);
  }

  private static LocalDateTime of(
      int year, int month, int day, int hour, int minute, int second, int micros) {
    try {
      return LocalDateTime.of(year, month, day, hour, minute, second, micros * 1000);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A date with or without a time; null when it is none. */
  static LocalDateTime parseDateTime(String source) {
    String text = source.strip();
    int[] parts = new int[7];
    int[] widths = new int[7];
    int count = 0;
    int i = 0;
    while (i < text.length() && count < 7) {
      int start = i;
      while (i < text.length() && Character.isDigit(text.charAt(i)) && i - start < 14) {
        i++;
      }
      if (i == start) {
        return null;
      }
      String digits = text.substring(start, i);
      if (count == 0 && digits.length() >= 5 && (i == text.length() || text.charAt(i) == '.')) {
        return compact(digits, i < text.length() ? text.substring(i + 1) : "");
      }
      if (count == 6) {
        parts[6] = fractionMicros(digits);
      } else if (digits.length() > 4) {
        return null;
      } else {
        parts[count] = Integer.parseInt(digits);
      }
      widths[count] = digits.length();
      count++;
      int separator = i;
      while (i < text.length() && !Character.isLetterOrDigit(text.charAt(i))) {
        i++;
      }
      if (i < text.length() && count == 3 && text.charAt(i) == 'T') {
        i++;
      }
      if (i < text.length() && (i == separator || i - separator > 2)) {
        return null;
      }
    }
    if (count < 3 || i < text.length()) {
      return null;
    }
    int year = widths[0] == 2 ? parts[0] + (parts[0] < 70 ? 2000 : 1900) : parts[0];
    return rounded(of(year, parts[1], parts[2], parts[3], parts[4], parts[5], 0), parts[6]);
  }

  private static LocalDateTime rounded(LocalDateTime time, int micros) {
    return time == null ? null : time.plusNanos(micros * 1000L);
  }

  private static LocalDateTime compact(String digits, String fraction) {
    if (digits.length() != 6
        && digits.length() != 8
        && digits.length() != 12
        && digits.length() != 14) {
      return null;
    }
    LocalDateTime time = ofNumber(Long.parseLong(digits), 0);
    boolean plain = fraction.chars().allMatch(Character::isDigit);
    return time == null || !plain || fraction.isEmpty()
        ? time
        : rounded(time, fractionMicros(fraction));
  }

  private static int fractionMicros(String digits) {
    String seven = (digits + "0000000").substring(0, 7);
    return (Integer.parseInt(seven) + 5) / 10;
  }

  /** A TIME from a value; null when it is none. */
  static Duration toTime(Object value) {
    return switch (value) {
      case null -> null;
      case Duration time -> time;
      case LocalDateTime time -> Duration.ofNanos(time.toLocalTime().toNanoOfDay());
      case LocalDate date -> Duration.ZERO;
      case Long number -> timeOfNumber(BigDecimal.valueOf(number));
      case BigDecimal number -> timeOfNumber(number);
      case Double number -> timeOfNumber(new BigDecimal(number));
      default -> parseTime(Values.toText(value));
    };
  }

  private static Duration timeOfNumber(BigDecimal number) {
    long whole = Math.abs(number.longValue());
    long minutes = whole / 100 % 100;
    long seconds = whole % 100;
    if (minutes > 59 || seconds > 59) {
      return null;
    }
    long micros = number.abs().remainder(BigDecimal.ONE).movePointRight(6).longValue();
    long all = (whole / 10000 * 3600 + minutes * 60 + seconds) * MICROS + micros;
    return ofMicros(number.signum() < 0 ? -all : all);
  }

  static Duration parseTime(String source) {
    String text = source.strip();
    boolean negative = text.startsWith("-");
    String body = negative ? text.substring(1) : text;
    if (body.indexOf('-') > 0) {
      LocalDateTime time = parseDateTime(body);
      return time == null ? null : toTime(time);
    }
    int blank = body.indexOf(' ');
    long days = 0;
    try {
      if (blank > 0) {
        days = Long.parseLong(body.substring(0, blank));
        body = body.substring(blank + 1).strip();
      }
      int point = body.indexOf('.');
      int micros = 0;
      if (point >= 0) {
        String fraction = body.substring(point + 1);
        micros = fraction.isEmpty() ? 0 : fractionMicros(fraction);
        body = body.substring(0, point);
      }
      long seconds = seconds(body, blank > 0);
      if (seconds < 0) {
        return null;
      }
      long all = (days * 86400 + seconds) * MICROS + micros;
      return ofMicros(negative ? -all : all);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static long seconds(String body, boolean afterDays) {
    String[] parts = body.split(":", -1);
    if (parts.length == 1 && !afterDays) {
      long number = Long.parseLong(parts[0]);
      if (number < 0 || number / 100 % 100 > 59 || number % 100 > 59) {
        return -1;
      }
      return number / 10000 * 3600 + number / 100 % 100 * 60 + number % 100;
    }
    long hours = Long.parseLong(parts[0]);
    long minutes = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
    long seconds = parts.length > 2 ? Long.parseLong(parts[2]) : 0;
    boolean fits = hours >= 0 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
    return fits && parts.length <= 3
        ? Math.min(hours, 100_000) * 3600 + minutes * 60 + seconds
        : -1;
  }

  /** With so many digits of a second, rounded. */
  static LocalDateTime scaled(LocalDateTime time, int digits) {
    long unit = (long) Math.pow(10, 9 - digits);
    long nanos = time.getNano();
    long rounded = (nanos + unit / 2) / unit * unit;
    return rounded == nanos ? time : time.withNano(0).plusNanos(rounded);
  }

  static Duration scaled(Duration time, int digits) {
    long unit = (long) Math.pow(10, 6 - digits);
    long micros = micros(time);
    long size = (Math.abs(micros) + unit / 2) / unit * unit;
    return ofMicros(micros < 0 ? -size : size);
  }

  static LocalDateTime now(EvalContext context, int digits) {
    LocalDateTime now =
        LocalDateTime.ofInstant(context.session().statementTime(), context.session().timeZone());
    return truncated(now, digits);
  }

  static LocalDateTime utcNow(EvalContext context, int digits) {
    return truncated(
        LocalDateTime.ofInstant(context.session().statementTime(), ZoneOffset.UTC), digits);
  }

  static LocalDateTime truncated(LocalDateTime time, int digits) {
    int unit = (int) Math.pow(10, 9 - digits);
    return time.withNano(time.getNano() / unit * unit);
  }

  static LocalDate today(EvalContext context) {
    return now(context, 0).toLocalDate();
  }

  static Duration timeOfDay(LocalTime time) {
    return Duration.ofNanos(time.toNanoOfDay());
  }
}
