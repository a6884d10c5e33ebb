package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.error.SqlError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;

/** CAST, with warnings for what is lost. Values are not NULL. */
final class Casts {
  private Casts() {}

  static Object cast(Object value, ColumnType type, EvalContext context) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, BIT, YEAR ->
          type.unsigned() ? unsigned(value, context) : signed(value, context);
      case DECIMAL -> decimal(value, type, context);
      case FLOAT -> (double) (float) number(value, "DOUBLE", context);
      case DOUBLE -> number(value, "DOUBLE", context);
      case DATE -> date(value, context);
      case DATETIME, TIMESTAMP -> dateTime(value, type.scale(), context);
      case TIME -> time(value, type.scale(), context);
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> binary(value, type);
      default -> text(value, type);
    };
  }

  private static void warnNumber(Object value, String what, EvalContext context) {
    if (context.session() != null && value instanceof String text && !Values.isNumber(text)) {
      context.session().warn(SqlError.TRUNCATED_WRONG_VALUE, what, text);
    }
  }

  private static Object signed(Object value, EvalContext context) {
    warnNumber(value, "INTEGER", context);
    if (value instanceof BigDecimal number && number.scale() <= 0) {
      return number.signum() < 0 ? Values.clamp(number) : number.toBigInteger().longValue();
    }
    return Values.toLong(value);
  }

  private static Object unsigned(Object value, EvalContext context) {
    warnNumber(value, "INTEGER", context);
    if (value instanceof Long number) {
      return Values.unsigned(number);
    }
    BigDecimal whole =
        value instanceof String
            ? Values.toDecimal(value).setScale(0, RoundingMode.DOWN)
            : Values.toDecimal(value).setScale(0, RoundingMode.HALF_UP);
    BigInteger max = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    BigInteger limited = whole.toBigInteger().min(max);
    return limited.signum() < 0 ? Values.unsigned(limited.longValue()) : Values.integer(limited);
  }

  private static double number(Object value, String what, EvalContext context) {
    warnNumber(value, what, context);
    return Values.toDouble(value);
  }

  private static Object decimal(Object value, ColumnType type, EvalContext context) {
    warnNumber(value, "DECIMAL", context);
    BigDecimal rounded = Values.toDecimal(value);
    if (type.scale() < 30 || rounded.scale() > 30) {
      rounded = rounded.setScale(type.scale(), RoundingMode.HALF_UP);
    }
    if (rounded.precision() - rounded.scale() > type.length() - type.scale()
        && rounded.signum() != 0) {
      BigDecimal max =
          BigDecimal.TEN
              .pow(type.length() - type.scale())
              .subtract(BigDecimal.ONE.movePointLeft(type.scale()));
      return rounded.signum() < 0 ? max.negate() : max;
    }
    return rounded;
  }

  private static Object text(Object value, ColumnType type) {
    String text = Values.toText(value);
    int limit = type.length();
    if (limit > 0 && text.length() > limit && text.codePointCount(0, text.length()) > limit) {
      return text.substring(0, text.offsetByCodePoints(0, limit));
    }
    return text;
  }

  private static Object binary(Object value, ColumnType type) {
    byte[] bytes = Values.toBytes(value);
    return type.length() > 0 && bytes.length > type.length()
        ? Arrays.copyOf(bytes, type.length())
        : bytes;
  }

  private static void warnTemporal(Object result, String what, Object value, EvalContext context) {
    if (result == null && context.session() != null) {
      context.session().warn(SqlError.WRONG_VALUE, what, Values.toText(value));
    }
  }

  static LocalDate date(Object value, EvalContext context) {
    LocalDate date =
        value instanceof Duration
            ? Temporals.toDateTime(value, Temporals.today(context)).toLocalDate()
            : Temporals.toDate(value);
    warnTemporal(date, "datetime", value, context);
    return date;
  }

  static LocalDateTime dateTime(Object value, int digits, EvalContext context) {
    LocalDate today = value instanceof Duration ? Temporals.today(context) : null;
    LocalDateTime time = Temporals.toDateTime(value, today);
    warnTemporal(time, "datetime", value, context);
    return time == null ? null : Temporals.scaled(time, digits);
  }

  static Duration time(Object value, int digits, EvalContext context) {
    Duration time = Temporals.toTime(value);
    warnTemporal(time, "time", value, context);
    return time == null ? null : Temporals.scaled(time, digits);
  }
}
