package io.polarj.sql.expr;

import static io.polarj.sql.expr.FunctionLibrary.alias;
import static io.polarj.sql.expr.FunctionLibrary.always;
import static io.polarj.sql.expr.FunctionLibrary.strict;
import static io.polarj.sql.expr.FunctionLibrary.text;
import static io.polarj.sql.expr.FunctionLibrary.unstable;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Functions of dates and times. What is no date makes them NULL. */
final class TemporalFunctions {
  private static final ColumnType DATETIME = MySqlTypes.temporal(TypeKind.DATETIME, 0);
  private static final ColumnType DATETIME6 = MySqlTypes.temporal(TypeKind.DATETIME, 6);
  private static final ColumnType TIME = MySqlTypes.temporal(TypeKind.TIME, 0);
  private static final ColumnType TIME6 = MySqlTypes.temporal(TypeKind.TIME, 6);

  private TemporalFunctions() {}

  static void register() {
    current();
    parts();
    timeParts();
    arithmetic();
    conversion();
  }

  private static int digits(Object[] arguments) {
    return arguments.length == 0 || arguments[0] == null
        ? 0
        : Math.max(0, Math.min(6, Values.toInt(arguments[0])));
  }

  private static void current() {
    unstable(
        "NOW",
        0,
        1,
        a -> a.isEmpty() ? DATETIME : DATETIME6,
        (a, c) -> Temporals.now(c, digits(a)));
    alias("CURRENT_TIMESTAMP", "NOW");
    alias("LOCALTIME", "NOW");
    alias("LOCALTIMESTAMP", "NOW");
    unstable(
        "SYSDATE",
        0,
        1,
        a -> a.isEmpty() ? DATETIME : DATETIME6,
        (a, c) ->
            Temporals.truncated(
                LocalDateTime.ofInstant(Instant.now(), c.session().timeZone()), digits(a)));
    unstable(
        "UTC_TIMESTAMP",
        0,
        1,
        a -> a.isEmpty() ? DATETIME : DATETIME6,
        (a, c) -> Temporals.utcNow(c, digits(a)));
    unstable("CURDATE", 0, 0, always(MySqlTypes.DATE), (a, c) -> Temporals.today(c));
    alias("CURRENT_DATE", "CURDATE");
    unstable(
        "UTC_DATE", 0, 0, always(MySqlTypes.DATE), (a, c) -> Temporals.utcNow(c, 0).toLocalDate());
    unstable(
        "CURTIME",
        0,
        1,
        a -> a.isEmpty() ? TIME : TIME6,
        (a, c) -> Temporals.timeOfDay(Temporals.now(c, digits(a)).toLocalTime()));
    alias("CURRENT_TIME", "CURTIME");
    unstable(
        "UTC_TIME",
        0,
        1,
        a -> a.isEmpty() ? TIME : TIME6,
        (a, c) -> Temporals.timeOfDay(Temporals.utcNow(c, digits(a)).toLocalTime()));
  }

  private static void datePart(String name, ToLongFunction<LocalDate> part) {
    strict(
        name,
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null ? null : (Object) part.applyAsLong(date);
        });
  }

  private static void parts() {
    datePart("YEAR", LocalDate::getYear);
    datePart("MONTH", LocalDate::getMonthValue);
    datePart("DAY", LocalDate::getDayOfMonth);
    alias("DAYOFMONTH", "DAY");
    datePart("QUARTER", d -> (d.getMonthValue() + 2) / 3);
    datePart("DAYOFWEEK", d -> d.getDayOfWeek().getValue() % 7 + 1);
    datePart("WEEKDAY", d -> d.getDayOfWeek().getValue() - 1);
    datePart("DAYOFYEAR", LocalDate::getDayOfYear);
    datePart("WEEKOFYEAR", d -> DateFormats.week(d, 3) % 100);
    datePart("TO_DAYS", d -> d.toEpochDay() + 719528);
    strict(
        "WEEK",
        1,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null
              ? null
              : (Object) (DateFormats.week(date, a.length > 1 ? Values.toInt(a[1]) & 7 : 0) % 100L);
        });
    strict(
        "YEARWEEK",
        1,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null
              ? null
              : (Object) (long) DateFormats.week(date, (a.length > 1 ? Values.toInt(a[1]) : 0) | 2);
        });
    strict(
        "DAYNAME",
        1,
        1,
        text(9),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null
              ? null
              : date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        });
    strict(
        "MONTHNAME",
        1,
        1,
        text(9),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null
              ? null
              : date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        });
    strict(
        "LAST_DAY",
        1,
        1,
        always(MySqlTypes.DATE),
        (a, c) -> {
          LocalDate date = Temporals.toDate(a[0]);
          return date == null ? null : date.withDayOfMonth(date.lengthOfMonth());
        });
    strict(
        "FROM_DAYS",
        1,
        1,
        always(MySqlTypes.DATE),
        (a, c) -> {
          long days = Values.toLong(a[0]);
          return days < 366 || days > 3652424 ? null : LocalDate.ofEpochDay(days - 719528);
        });
    strict(
        "MAKEDATE",
        2,
        2,
        always(MySqlTypes.DATE),
        (a, c) -> {
          long day = Values.toLong(a[1]);
          return day < 1 || day > 3652424
              ? null
              : LocalDate.of(Values.toInt(a[0]), 1, 1).plusDays(day - 1);
        });
  }

  private static void timePart(String name, ToLongFunction<Long> part) {
    strict(
        name,
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          Duration time = time(a[0]);
          return time == null ? null : (Object) part.applyAsLong(Math.abs(Temporals.micros(time)));
        });
  }

  private static Duration time(Object value) {
    if (value instanceof String text) {
      LocalDateTime full = Temporals.parseDateTime(text);
      return full == null || text.strip().indexOf(':') < 3
          ? Temporals.parseTime(text)
          : Temporals.toTime(full);
    }
    return Temporals.toTime(value);
  }

  private static void timeParts() {
    timePart("HOUR", m -> m / 3_600_000_000L);
    timePart("MINUTE", m -> m / 60_000_000 % 60);
    timePart("SECOND", m -> m / 1_000_000 % 60);
    timePart("MICROSECOND", m -> m % 1_000_000);
    strict(
        "TIME_TO_SEC",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          Duration time = time(a[0]);
          return time == null ? null : (Object) (Temporals.micros(time) / 1_000_000);
        });
    strict(
        "SEC_TO_TIME",
        1,
        1,
        always(TIME),
        (a, c) ->
            Temporals.ofMicros(
                Values.clamp(
                    Values.toDecimal(a[0])
                        .movePointRight(6)
                        .min(BigDecimal.valueOf(Long.MAX_VALUE / 2)))));
    strict(
        "MAKETIME",
        3,
        3,
        always(TIME),
        (a, c) -> {
          long hours = Values.toLong(a[0]);
          long minutes = Values.toLong(a[1]);
          long seconds = Values.toLong(a[2]);
          if (minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
            return null;
          }
          long size = (Math.min(Math.abs(hours), 900) * 3600 + minutes * 60 + seconds) * 1_000_000;
          return Temporals.ofMicros(hours < 0 ? -size : size);
        });
    strict(
        "EXTRACT",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> DateArithmetic.extract((String) a[0], a[1]));
  }

  private static void arithmetic() {
    strict(
        "DATE_ADD",
        3,
        3,
        a -> a.get(0),
        (a, c) -> DateArithmetic.add(a[0], a[1], (String) a[2], 1));
    strict(
        "DATE_SUB",
        3,
        3,
        a -> a.get(0),
        (a, c) -> DateArithmetic.add(a[0], a[1], (String) a[2], -1));
    strict(
        "DATEDIFF",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          LocalDate to = Temporals.toDate(a[0]);
          LocalDate from = Temporals.toDate(a[1]);
          return to == null || from == null ? null : (Object) ChronoUnit.DAYS.between(from, to);
        });
    strict(
        "TIMESTAMPDIFF",
        3,
        3,
        always(MySqlTypes.BIGINT),
        (a, c) -> DateArithmetic.difference((String) a[0], a[1], a[2]));
    strict(
        "TIMEDIFF",
        2,
        2,
        always(TIME6),
        (a, c) -> {
          LocalDateTime to = a[0] instanceof Duration ? null : Temporals.toDateTime(a[0], null);
          LocalDateTime from = a[1] instanceof Duration ? null : Temporals.toDateTime(a[1], null);
          if (to != null && from != null) {
            return Temporals.ofMicros(ChronoUnit.MICROS.between(from, to));
          }
          Duration x = Temporals.toTime(a[0]);
          Duration y = Temporals.toTime(a[1]);
          return x == null || y == null
              ? null
              : Temporals.ofMicros(Temporals.micros(x) - Temporals.micros(y));
        });
    strict("ADDTIME", 2, 2, a -> a.get(0), (a, c) -> DateArithmetic.addTime(a[0], a[1], 1));
    strict("SUBTIME", 2, 2, a -> a.get(0), (a, c) -> DateArithmetic.addTime(a[0], a[1], -1));
    strict(
        "PERIOD_DIFF",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> months(Values.toLong(a[0])) - months(Values.toLong(a[1])));
  }

  private static long months(long period) {
    return period / 100 * 12 + period % 100;
  }

  private static void conversion() {
    strict("DATE", 1, 1, always(MySqlTypes.DATE), (a, c) -> Casts.date(a[0], c));
    strict("TIME", 1, 1, always(TIME6), (a, c) -> time(a[0]));
    strict(
        "TIMESTAMP",
        1,
        2,
        always(DATETIME6),
        (a, c) -> {
          LocalDateTime time = Temporals.toDateTime(a[0], null);
          if (time == null || a.length == 1) {
            return time;
          }
          Duration more = Temporals.toTime(a[1]);
          return more == null ? null : time.plus(more);
        });
    strict(
        "DATE_FORMAT",
        2,
        2,
        text(255),
        (a, c) -> {
          LocalDateTime time = Temporals.toDateTime(a[0], null);
          return time == null ? null : DateFormats.format(time, Values.toText(a[1]));
        });
    strict(
        "TIME_FORMAT",
        2,
        2,
        text(255),
        (a, c) -> {
          Duration time = time(a[0]);
          return time == null
              ? null
              : DateFormats.format(
                  LocalDate.EPOCH.atTime(LocalTime.MIDNIGHT).plus(time), Values.toText(a[1]));
        });
    strict(
        "STR_TO_DATE",
        2,
        2,
        always(DATETIME6),
        (a, c) -> DateFormats.parse(Values.toText(a[0]), Values.toText(a[1])));
    unstable(
        "UNIX_TIMESTAMP",
        0,
        1,
        a ->
            a.isEmpty() || a.get(0).scale() == 0
                ? MySqlTypes.BIGINT
                : MySqlTypes.decimal(18, a.get(0).scale()),
        TemporalFunctions::unixTimestamp);
    strict(
        "FROM_UNIXTIME",
        1,
        2,
        a ->
            a.size() == 2
                ? MySqlTypes.string(255, io.polarj.engine.schema.Collation.UTF8MB4_0900_AI_CI)
                : MySqlTypes.temporal(
                    TypeKind.DATETIME, a.get(0).kind() == TypeKind.DECIMAL ? a.get(0).scale() : 0),
        (a, c) -> {
          BigDecimal seconds = Values.toDecimal(a[0]);
          if (seconds.signum() < 0 || seconds.compareTo(BigDecimal.valueOf(32536771199L)) > 0) {
            return null;
          }
          Instant instant =
              Instant.ofEpochSecond(
                  seconds.longValue(),
                  seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
          LocalDateTime time = LocalDateTime.ofInstant(instant, c.session().timeZone());
          return a.length == 1 ? time : DateFormats.format(time, Values.toText(a[1]));
        });
  }

  private static Object unixTimestamp(Object[] a, EvalContext context) {
    if (a.length == 0) {
      return context.session().statementTime().getEpochSecond();
    }
    LocalDateTime time = a[0] == null ? null : Temporals.toDateTime(a[0], null);
    if (time == null) {
      return a[0] == null ? null : (Object) 0L;
    }
    Instant instant = time.atZone(context.session().timeZone()).toInstant();
    if (instant.getEpochSecond() < 0) {
      return 0L;
    }
    return instant.getNano() == 0
        ? (Object) instant.getEpochSecond()
        : BigDecimal.valueOf(instant.getEpochSecond())
            .add(BigDecimal.valueOf(instant.getNano() / 1000, 6));
  }
}
