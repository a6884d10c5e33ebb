package io.polarj.sql.type;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import java.util.List;
import java.util.Locale;

/** Types as expressions name them: in CAST and CONVERT, before literals, after INTERVAL. */
public final class CastTypes {
  private CastTypes() {}

  /**
   * The type that CAST means, or null when there is none of that name. {@code word} in upper case;
   * {@code precision} -1 and {@code charset} null when they were not given. A character type
   * without length has length -1: as long as the value.
   */
  public static ColumnType of(String word, int precision, int scale, String charset) {
    return switch (word) {
      case "SIGNED" -> type(TypeKind.BIGINT, 20, 0);
      case "UNSIGNED" -> MySqlTypes.UNSIGNED_BIGINT;
      case "CHAR", "CHARACTER", "NCHAR", "VARCHAR" ->
          new ColumnType(
              TypeKind.VARCHAR,
              false,
              precision,
              0,
              charset == null ? Collation.UTF8MB4_0900_AI_CI : Collations.ofCharset(charset),
              List.of());
      case "BINARY" -> type(TypeKind.VARBINARY, precision, 0);
      case "DATE" -> type(TypeKind.DATE, 0, 0);
      case "DATETIME", "TIMESTAMP" -> type(TypeKind.DATETIME, 0, fraction(precision));
      case "TIME" -> type(TypeKind.TIME, 0, fraction(precision));
      case "YEAR" -> type(TypeKind.YEAR, 4, 0);
      case "DECIMAL", "DEC", "NUMERIC" -> decimal(precision, scale);
      case "DOUBLE", "REAL" -> type(TypeKind.DOUBLE, 0, 0);
      case "FLOAT" -> type(precision > 24 ? TypeKind.DOUBLE : TypeKind.FLOAT, 0, 0);
      case "JSON" -> new ColumnType(TypeKind.JSON, false, 0, 0, Collation.UTF8MB4_BIN, List.of());
      default -> null;
    };
  }

  /** DECIMAL(precision, scale) with the limits checked; -1: the default of 10 digits. */
  public static ColumnType decimal(int precision, int scale) {
    if (precision > 65) {
      throw SqlError.UNKNOWN.with("Too-big precision " + precision + " specified. Maximum is 65.");
    }
    if (scale > 30) {
      throw SqlError.UNKNOWN.with("Too big scale " + scale + " specified. Maximum is 30.");
    }
    int digits = precision <= 0 ? 10 : precision;
    if (scale > digits) {
      throw SqlError.UNKNOWN.with("For float(M,D), double(M,D) or decimal(M,D), M must be >= D");
    }
    return type(TypeKind.DECIMAL, digits, scale);
  }

  /** Digits of a second as written, -1 for none given. */
  public static int fraction(int digits) {
    if (digits > 6) {
      throw SqlError.UNKNOWN.with("Too-big precision " + digits + " specified. Maximum is 6.");
    }
    return Math.max(0, digits);
  }

  /** What CONVERT(x USING charset) gives: as long as the value. */
  public static ColumnType characters(String charset) {
    Collation collation = Collations.ofCharset(charset);
    return collation == Collation.BINARY
        ? type(TypeKind.VARBINARY, -1, 0)
        : new ColumnType(TypeKind.VARCHAR, false, -1, 0, collation, List.of());
  }

  /** The type of {@code DATE 'text'} and so on; {@code kind} in upper case. */
  public static ColumnType temporalLiteral(String kind, String text) {
    int point = text.lastIndexOf('.');
    int scale = point < 0 ? 0 : Math.min(6, text.length() - point - 1);
    return switch (kind) {
      case "DATE" -> type(TypeKind.DATE, 0, 0);
      case "TIME" -> type(TypeKind.TIME, 0, scale);
      default -> type(TypeKind.DATETIME, 0, scale);
    };
  }

  /** A unit of time such as DAY or HOUR_MINUTE, or null when the word is none. */
  public static String timeUnit(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    String unit = upper.startsWith("SQL_TSI_") ? upper.substring(8) : upper;
    return switch (unit) {
      case "MICROSECOND",
          "SECOND",
          "MINUTE",
          "HOUR",
          "DAY",
          "WEEK",
          "MONTH",
          "QUARTER",
          "YEAR",
          "SECOND_MICROSECOND",
          "MINUTE_MICROSECOND",
          "MINUTE_SECOND",
          "HOUR_MICROSECOND",
          "HOUR_SECOND",
          "HOUR_MINUTE",
          "DAY_MICROSECOND",
          "DAY_SECOND",
          "DAY_MINUTE",
          "DAY_HOUR",
          "YEAR_MONTH" ->
          unit;
      default -> null;
    };
  }

  /** A length or precision as written; too big ones become the greatest. */
  public static int size(String digits) {
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  static ColumnType type(TypeKind kind, int length, int scale) {
    return new ColumnType(kind, false, length, scale, Collation.BINARY, List.of());
  }
}
