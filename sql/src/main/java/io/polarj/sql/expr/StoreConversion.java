package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** Converts values to what a column stores, with MySQL's errors and warnings. Stateless. */
public final class StoreConversion {
  private final ColumnDef column;
  private final ColumnType type;
  private final SessionContext session;
  private final int rowNumber;
  private final boolean strict;

  private StoreConversion(ColumnDef column, SessionContext session, int rowNumber, boolean ignore) {
    this.column = column;
    this.type = column.type();
    this.session = session;
    this.rowNumber = rowNumber;
    this.strict = session.strictMode() && !ignore;
  }

  /**
   * The value as the column stores it. {@code value} is as {@code TypeKind} lists for {@code
   * sourceType}. In strict mode a value that does not fit is an error, else (or with {@code
   * ignore}, as for INSERT IGNORE) the nearest that fits with a warning. NULL for a NOT NULL column
   * is error 1048, or the type's zero value with {@code ignore}.
   */
  public static Object toColumn(
      Object value,
      ColumnType sourceType,
      ColumnDef column,
      SessionContext session,
      int rowNumber,
      boolean ignore) {
    Object operand = value;
    if (value instanceof Long bits && MySqlTypes.isUnsigned64(sourceType)) {
      operand = Values.unsigned(bits);
    } else if (value instanceof LocalDateTime utc && sourceType.kind() == TypeKind.TIMESTAMP) {
      if (column.type().equals(sourceType)) {
        return value;
      }
      operand =
          utc.atOffset(ZoneOffset.UTC).atZoneSameInstant(session.timeZone()).toLocalDateTime();
    }
    return new StoreConversion(column, session, rowNumber, ignore).convert(operand, ignore);
  }

  /**
   * For values that are not of an unsigned or TIMESTAMP source: an unsigned number beyond BIGINT is
   * a BigDecimal, a time stamp is in the session's time zone.
   */
  public static Object toColumn(
      Object value, ColumnDef column, SessionContext session, int rowNumber, boolean ignore) {
    return toColumn(value, MySqlTypes.BIGINT, column, session, rowNumber, ignore);
  }

  private Object convert(Object value, boolean ignore) {
    if (value == null) {
      if (column.nullable()) {
        return null;
      }
      if (!ignore) {
        throw SqlError.BAD_NULL.with(column.name());
      }
      session.warn(SqlError.BAD_NULL, column.name());
      return zero();
    }
    return switch (type.kind()) {
      case TINYINT -> integer(value, 8);
      case SMALLINT -> integer(value, 16);
      case MEDIUMINT -> integer(value, 24);
      case INT -> integer(value, 32);
      case BIGINT -> integer(value, 64);
      case YEAR -> year(value);
      case BIT -> bit(value);
      case DECIMAL -> decimal(value);
      case FLOAT -> real(value, Float.MAX_VALUE);
      case DOUBLE -> real(value, Double.MAX_VALUE);
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT -> text(value);
      case JSON -> Values.toText(value);
      case ENUM -> enumeration(value);
      case SET -> set(value);
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> bytes(value);
      case DATE, DATETIME, TIMESTAMP -> temporal(value);
      case TIME -> time(value);
    };
  }

  private Object zero() {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, BIT, YEAR -> 0L;
      case DECIMAL -> BigDecimal.ZERO.setScale(type.scale());
      case FLOAT -> 0f;
      case DOUBLE -> 0d;
      case ENUM -> type.members().isEmpty() ? "" : type.members().get(0);
      case BINARY -> new byte[type.length()];
      case VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> new byte[0];
      case DATE, DATETIME, TIMESTAMP -> throw SqlError.BAD_NULL.with(column.name());
      case TIME -> Duration.ZERO;
      default -> "";
    };
  }

  private Object failed(SqlError error, Object nearest, Object... arguments) {
    if (strict) {
      throw error.with(arguments);
    }
    session.warn(error, arguments);
    return nearest;
  }

  private Object outOfRange(Object nearest) {
    return failed(SqlError.WARN_DATA_OUT_OF_RANGE, nearest, column.name(), rowNumber);
  }

  /** The number in a text; text that is none is error 1366, with a tail 1265. */
  private void checkNumber(Object value, String what) {
    if (!(value instanceof String text) || Values.isNumber(text)) {
      return;
    }
    int from = Values.skipBlanks(text);
    if (Values.numberPrefix(text, from) == from) {
      failed(SqlError.TRUNCATED_WRONG_VALUE_FOR_FIELD, null, what, text, column.name(), rowNumber);
    } else {
      failed(SqlError.WARN_DATA_TRUNCATED, null, column.name(), rowNumber);
    }
  }

  private Object integer(Object value, int bits) {
    if (value instanceof Long number && fits(number, bits)) {
      return number;
    }
    checkNumber(value, "integer");
    BigInteger whole = whole(value);
    BigInteger min =
        type.unsigned() ? BigInteger.ZERO : BigInteger.ONE.shiftLeft(bits - 1).negate();
    BigInteger max =
        BigInteger.ONE.shiftLeft(type.unsigned() ? bits : bits - 1).subtract(BigInteger.ONE);
    if (whole.compareTo(min) < 0) {
      return outOfRange(min.longValue());
    }
    return whole.compareTo(max) > 0 ? outOfRange(max.longValue()) : (Object) whole.longValue();
  }

  private boolean fits(long number, int bits) {
    if (type.unsigned()) {
      return number >= 0 && (bits >= 63 || number >>> bits == 0);
    }
    return bits == 64 || (number >= -(1L << (bits - 1)) && number < 1L << (bits - 1));
  }

  private static BigInteger whole(Object value) {
    if (value instanceof byte[] bytes && bytes.length <= 8) {
      return new BigInteger(1, bytes);
    }
    if (value instanceof Double real) {
      double limited = Math.max(-1e20, Math.min(1e20, Math.rint(real)));
      return new BigDecimal(limited).toBigInteger();
    }
    return Values.toDecimal(value).setScale(0, RoundingMode.HALF_UP).toBigInteger();
  }

  private Object year(Object value) {
    checkNumber(value, "integer");
    long year = Values.toLong(value);
    boolean zeroText = value instanceof String && year == 0;
    if (year > 0 && year < 100 || zeroText) {
      year += year < 70 ? 2000 : 1900;
    }
    return year == 0 || (year >= 1901 && year <= 2155) ? (Object) year : outOfRange(0L);
  }

  private Object bit(Object value) {
    byte[] text = value instanceof String s ? s.getBytes(StandardCharsets.UTF_8) : null;
    long bits = text != null && text.length <= 8 ? Values.bigEndian(text) : Values.toBits(value);
    int width = type.length();
    boolean fits = width == 64 || bits >>> width == 0;
    return fits
        ? bits
        : failed(SqlError.DATA_TOO_LONG, (1L << width) - 1, column.name(), rowNumber);
  }

  private Object decimal(Object value) {
    checkNumber(value, "decimal");
    BigDecimal number = Values.toDecimal(value).setScale(type.scale(), RoundingMode.HALF_UP);
    if (type.unsigned() && number.signum() < 0) {
      return outOfRange(BigDecimal.ZERO.setScale(type.scale()));
    }
    if (number.precision() > type.length()) {
      BigDecimal max =
          new BigDecimal(BigInteger.TEN.pow(type.length()).subtract(BigInteger.ONE), type.scale());
      return outOfRange(number.signum() < 0 ? max.negate() : max);
    }
    return number;
  }

  private Object real(Object value, double max) {
    checkNumber(value, "double");
    double number = Values.toDouble(value);
    boolean isFloat = type.kind() == TypeKind.FLOAT;
    double limited = Math.max(type.unsigned() ? 0 : -max, Math.min(max, number));
    Object stored = isFloat ? (Object) (float) limited : (Object) limited;
    return limited == number ? stored : outOfRange(stored);
  }

  private Object text(Object value) {
    String text = Values.toText(value);
    boolean counted = type.kind() == TypeKind.CHAR || type.kind() == TypeKind.VARCHAR;
    if (counted) {
      return limited(text);
    }
    int limit = MySqlTypes.length(type);
    if (text.length() > limit / 4) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > limit) {
        int end = limit;
        while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
          end--;
        }
        String cut = new String(bytes, 0, end, StandardCharsets.UTF_8);
        return failed(SqlError.DATA_TOO_LONG, cut, column.name(), rowNumber);
      }
    }
    return text;
  }

  /** CHAR loses its trailing spaces; those beyond a VARCHAR's length may be lost too. */
  private Object limited(String value) {
    String text = type.kind() == TypeKind.CHAR ? trailing(value) : value;
    int limit = type.length();
    if (text.length() <= limit || text.codePointCount(0, text.length()) <= limit) {
      return text;
    }
    int end = text.offsetByCodePoints(0, limit);
    String cut = text.substring(0, end);
    if (text.substring(end).isBlank()) {
      session.note(SqlError.WARN_DATA_TRUNCATED, column.name(), rowNumber);
      return cut;
    }
    return failed(SqlError.DATA_TOO_LONG, cut, column.name(), rowNumber);
  }

  private static String trailing(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private Object bytes(Object value) {
    byte[] bytes = Values.toBytes(value);
    int limit = MySqlTypes.length(type);
    if (bytes.length > limit) {
      return failed(SqlError.DATA_TOO_LONG, Arrays.copyOf(bytes, limit), column.name(), rowNumber);
    }
    return type.kind() == TypeKind.BINARY ? Arrays.copyOf(bytes, limit) : bytes;
  }

  private Object enumeration(Object value) {
    List<String> members = type.members();
    if (value instanceof Number) {
      long index = Values.toLong(value);
      return index >= 1 && index <= members.size() ? members.get((int) index - 1) : truncated();
    }
    String text = trailing(Values.toText(value));
    for (String member : members) {
      if (io.polarj.engine.codec.CollationOrder.equal(type.collation(), member, text)) {
        return member;
      }
    }
    return truncated();
  }

  private Object truncated() {
    return failed(SqlError.WARN_DATA_TRUNCATED, "", column.name(), rowNumber);
  }

  private Object set(Object value) {
    long bits = 0;
    boolean all = true;
    if (value instanceof Number) {
      bits = Values.toBits(value);
      all = type.members().size() == 64 || bits >>> type.members().size() == 0;
    } else {
      String text = Values.toText(value);
      for (String item : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        int index = member(item);
        all &= index >= 0;
        bits |= index < 0 ? 0 : 1L << index;
      }
    }
    StringBuilder chosen = new StringBuilder();
    for (int i = 0; i < type.members().size(); i++) {
      if ((bits >> i & 1) != 0) {
        chosen.append(chosen.isEmpty() ? "" : ",").append(type.members().get(i));
      }
    }
    return all
        ? chosen.toString()
        : failed(SqlError.WARN_DATA_TRUNCATED, chosen.toString(), column.name(), rowNumber);
  }

  private int member(String item) {
    for (int i = 0; i < type.members().size(); i++) {
      if (io.polarj.engine.codec.CollationOrder.equal(
          type.collation(), type.members().get(i), item)) {
        return i;
      }
    }
    return -1;
  }

  private Object wrongTemporal(String what, Object value) {
    SqlError error = SqlError.TRUNCATED_WRONG_VALUE_FOR_FIELD;
    String message =
        "Incorrect "
            + what
            + " value: '"
            + Values.toText(value)
            + "' for column '"
            + column.name()
            + "' at row "
            + rowNumber;
    if (strict || !column.nullable()) {
      throw new io.polarj.sql.error.SqlException(SqlError.WRONG_VALUE, message);
    }
    session.warn(error, what, Values.toText(value), column.name(), rowNumber);
    return null;
  }

  private Object temporal(Object value) {
    LocalDate today =
        value instanceof Duration
            ? LocalDate.ofInstant(session.statementTime(), session.timeZone())
            : null;
    LocalDateTime time = Temporals.toDateTime(value, today);
    if (type.kind() == TypeKind.DATE) {
      return time == null ? wrongTemporal("date", value) : time.toLocalDate();
    }
    if (time == null) {
      return wrongTemporal("datetime", value);
    }
    LocalDateTime scaled = Temporals.scaled(time, type.scale());
    if (type.kind() == TypeKind.DATETIME) {
      return scaled;
    }
    LocalDateTime utc =
        scaled.atZone(session.timeZone()).withZoneSameInstant(ZoneOffset.UTC).toLocalDateTime();
    long second = utc.toEpochSecond(ZoneOffset.UTC);
    return second < 1 || second > 0x7fffffffL ? wrongTemporal("datetime", value) : utc;
  }

  private Object time(Object value) {
    Duration time = Temporals.toTime(value);
    return time == null ? wrongTemporal("time", value) : Temporals.scaled(time, type.scale());
  }
}
