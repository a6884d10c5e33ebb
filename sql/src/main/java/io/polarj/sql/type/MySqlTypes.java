package io.polarj.sql.type;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;

/** MySQL's rules about types of expressions, and the way between Calcite's types and ours. */
public final class MySqlTypes {
  /** What a truth value is as a column. Compared by identity where it means BOOLEAN. */
  public static final ColumnType TRUTH = integer(TypeKind.BIGINT, false, 1);

  public static final ColumnType BIGINT = integer(TypeKind.BIGINT, false, 20);
  public static final ColumnType UNSIGNED_BIGINT = integer(TypeKind.BIGINT, true, 20);
  public static final ColumnType INT = integer(TypeKind.INT, false, 11);
  public static final ColumnType DOUBLE = ColumnType.of(TypeKind.DOUBLE);
  public static final ColumnType DATE = ColumnType.of(TypeKind.DATE);
  public static final ColumnType NULL = ColumnType.of(TypeKind.BINARY);

  private MySqlTypes() {}

  public static ColumnType integer(TypeKind kind, boolean unsigned, int width) {
    return new ColumnType(kind, unsigned, width, 0, Collation.BINARY, List.of());
  }

  public static ColumnType decimal(int precision, int scale) {
    int s = Math.min(30, Math.max(0, scale));
    int p = Math.min(65, Math.max(Math.max(1, s), precision));
    return new ColumnType(TypeKind.DECIMAL, false, p, s, Collation.BINARY, List.of());
  }

  public static ColumnType temporal(TypeKind kind, int fractionDigits) {
    return new ColumnType(
        kind, false, 0, Math.min(6, Math.max(0, fractionDigits)), Collation.BINARY, List.of());
  }

  /** VARCHAR, or a text when too long for one. */
  public static ColumnType string(long length, Collation collation) {
    if (collation == Collation.BINARY) {
      return binary(length);
    }
    if (length > 16383) {
      return new ColumnType(TypeKind.LONGTEXT, false, 0, 0, collation, List.of());
    }
    return new ColumnType(
        TypeKind.VARCHAR, false, (int) Math.max(0, length), 0, collation, List.of());
  }

  public static ColumnType binary(long length) {
    if (length > 65535) {
      return ColumnType.of(TypeKind.LONGBLOB);
    }
    return new ColumnType(
        TypeKind.VARBINARY, false, (int) Math.max(0, length), 0, Collation.BINARY, List.of());
  }

  /** Calcite's type for a column type. */
  public static RelDataType of(ColumnType type, boolean nullable) {
    return new MySqlType(type, nullable);
  }

  /** The MySQL column type of any type that stands in a bound tree. */
  public static ColumnType columnType(RelDataType type) {
    if (type instanceof MySqlType mine) {
      return mine.columnType();
    }
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> TRUTH;
      case TINYINT, SMALLINT, INTEGER -> INT;
      case BIGINT -> BIGINT;
      case UTINYINT, USMALLINT, UINTEGER, UBIGINT -> UNSIGNED_BIGINT;
      case DECIMAL -> decimal(type.getPrecision(), type.getScale());
      case FLOAT, REAL, DOUBLE -> DOUBLE;
      case DATE -> DATE;
      case TIME -> temporal(TypeKind.TIME, type.getPrecision());
      case TIMESTAMP -> temporal(TypeKind.DATETIME, type.getPrecision());
      case BINARY, VARBINARY -> binary(Math.max(0, type.getPrecision()));
      case NULL -> NULL;
      default -> string(Math.max(255, type.getPrecision()), Collation.UTF8MB4_0900_AI_CI);
    };
  }

  /** The type of a value's class; for parameters. {@code Void} is NULL; null: not known yet. */
  public static ColumnType ofClass(Class<?> type) {
    if (type == Long.class) {
      return BIGINT;
    }
    if (type == BigDecimal.class) {
      return decimal(65, 30);
    }
    if (type == Double.class || type == Float.class) {
      return DOUBLE;
    }
    if (type == byte[].class) {
      return binary(65535);
    }
    if (type == LocalDate.class) {
      return DATE;
    }
    if (type == LocalDateTime.class) {
      return temporal(TypeKind.DATETIME, 6);
    }
    if (type == Duration.class) {
      return temporal(TypeKind.TIME, 6);
    }
    return string(255, Collation.UTF8MB4_0900_AI_CI);
  }

  /** The type of a literal's value; a null value has none. */
  public static RelDataType ofConstant(Object value, RelDataTypeFactory types) {
    return switch (value) {
      case null -> types.createSqlType(SqlTypeName.NULL);
      case Boolean bool -> MySqlType.truth(false);
      case Long number -> of(BIGINT, false);
      case BigDecimal number -> of(ofNumber(number), false);
      case Double number -> of(DOUBLE, false);
      case byte[] bytes -> of(binary(bytes.length), false);
      case String text ->
          of(string(text.codePointCount(0, text.length()), Collation.UTF8MB4_0900_AI_CI), false);
      default -> throw new IllegalArgumentException("no literal of " + value.getClass());
    };
  }

  /** Of integers above the range of long, those of 64 bits are unsigned numbers. */
  private static ColumnType ofNumber(BigDecimal number) {
    return number.scale() == 0
            && number.signum() > 0
            && number.toBigInteger().bitLength() == Long.SIZE
        ? UNSIGNED_BIGINT
        : decimal(number.precision(), number.scale());
  }

  public static boolean isString(ColumnType type) {
    return switch (type.kind()) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, ENUM, SET, JSON -> true;
      default -> isBinary(type);
    };
  }

  public static boolean isBinary(ColumnType type) {
    return switch (type.kind()) {
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> true;
      default -> false;
    };
  }

  public static boolean isInteger(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, BIT, YEAR -> true;
      default -> false;
    };
  }

  public static boolean isNumeric(ColumnType type) {
    return isInteger(type)
        || type.kind() == TypeKind.DECIMAL
        || type.kind() == TypeKind.FLOAT
        || type.kind() == TypeKind.DOUBLE;
  }

  public static boolean isTemporal(ColumnType type) {
    return switch (type.kind()) {
      case DATE, TIME, DATETIME, TIMESTAMP -> true;
      default -> false;
    };
  }

  /** Whether a column holds all 64 bits of a Long as an unsigned number. */
  public static boolean isUnsigned64(ColumnType type) {
    return type.kind() == TypeKind.BIT || (type.kind() == TypeKind.BIGINT && type.unsigned());
  }

  /** Whether there is no type: the NULL literal, or a parameter of unknown type. */
  public static boolean isNull(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.NULL || type.getSqlTypeName() == SqlTypeName.ANY;
  }

  /** The characters (bytes, for binaries) a value may have as a string. */
  public static int length(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT -> 4;
      case SMALLINT -> 6;
      case MEDIUMINT -> 9;
      case INT -> 11;
      case BIGINT, BIT -> 20;
      case YEAR -> 4;
      case FLOAT -> 12;
      case DOUBLE -> 22;
      case DECIMAL -> type.length() + 2;
      case DATE -> 10;
      case TIME -> type.scale() == 0 ? 10 : 11 + type.scale();
      case DATETIME, TIMESTAMP -> type.scale() == 0 ? 19 : 20 + type.scale();
      case CHAR, VARCHAR, BINARY, VARBINARY -> type.length();
      case TINYTEXT, TINYBLOB -> 255;
      case TEXT, BLOB -> 65535;
      case MEDIUMTEXT, MEDIUMBLOB -> 16777215;
      case LONGTEXT, LONGBLOB, JSON -> Integer.MAX_VALUE;
      case ENUM -> type.members().stream().mapToInt(String::length).max().orElse(0);
      case SET -> type.members().stream().mapToInt(m -> m.length() + 1).sum();
    };
  }

  /** The type that holds all of these: for UNION, CASE, IF, COALESCE. */
  public static RelDataType union(List<RelDataType> types) {
    ColumnType result = null;
    boolean nullable = false;
    for (RelDataType type : types) {
      nullable |= type.isNullable();
      if (isNull(type)) {
        nullable = true;
      } else {
        result = result == null ? columnType(type) : union(result, columnType(type));
      }
    }
    return of(result == null ? NULL : result, nullable);
  }

  public static ColumnType union(ColumnType a, ColumnType b) {
    if (a.equals(b)) {
      return a == TRUTH ? b : a;
    }
    if (isNumeric(a) && isNumeric(b)) {
      return numericUnion(a, b);
    }
    if (isTemporal(a) && isTemporal(b)) {
      int scale = Math.max(a.scale(), b.scale());
      return a.kind() == b.kind() ? temporal(a.kind(), scale) : temporal(TypeKind.DATETIME, scale);
    }
    long length = Math.max(length(a), length(b));
    if (isBinary(a) || isBinary(b)) {
      return binary(length);
    }
    return string(length, collation(a, b));
  }

  private static ColumnType numericUnion(ColumnType a, ColumnType b) {
    boolean approximate =
        a.kind() == TypeKind.DOUBLE
            || b.kind() == TypeKind.DOUBLE
            || a.kind() == TypeKind.FLOAT
            || b.kind() == TypeKind.FLOAT;
    if (approximate) {
      return DOUBLE;
    }
    if (a.kind() == TypeKind.DECIMAL || b.kind() == TypeKind.DECIMAL) {
      int scale = Math.max(scale(a), scale(b));
      return decimal(Math.max(digits(a) - scale(a), digits(b) - scale(b)) + scale, scale);
    }
    boolean unsigned = a.unsigned() && b.unsigned();
    if (!unsigned && (isUnsigned64(a) || isUnsigned64(b))) {
      return decimal(20, 0);
    }
    boolean mixed = a.unsigned() != b.unsigned();
    TypeKind kind = a.kind().ordinal() > b.kind().ordinal() ? a.kind() : b.kind();
    if (mixed || kind == TypeKind.BIT || kind == TypeKind.YEAR) {
      kind = TypeKind.BIGINT;
    }
    return integer(kind, unsigned, Math.max(a.length(), b.length()));
  }

  /** Digits before and after the point. */
  public static int digits(ColumnType type) {
    return switch (type.kind()) {
      case DECIMAL -> type.length();
      case TINYINT -> 3;
      case SMALLINT -> 5;
      case MEDIUMINT -> 8;
      case INT -> 10;
      case YEAR -> 4;
      case BIGINT -> type == TRUTH ? 1 : type.unsigned() ? 20 : 19;
      default -> 20;
    };
  }

  public static int scale(ColumnType type) {
    return type.kind() == TypeKind.DECIMAL ? type.scale() : 0;
  }

  /** The collation in which two strings compare. */
  public static Collation collation(ColumnType a, ColumnType b) {
    boolean aText = isString(a);
    boolean bText = isString(b);
    if (aText && bText) {
      if (isBinary(a) || isBinary(b)) {
        return Collation.BINARY;
      }
      if (a.collation() == b.collation()) {
        return a.collation();
      }
      if (a.collation() == Collation.UTF8MB4_BIN || b.collation() == Collation.UTF8MB4_BIN) {
        return Collation.UTF8MB4_BIN;
      }
      // The session's own collation is that of literals: the other one belongs to a column.
      return a.collation() == Collation.UTF8MB4_0900_AI_CI ? b.collation() : a.collation();
    }
    if (aText && !isBinary(a)) {
      return a.collation();
    }
    if (bText && !isBinary(b)) {
      return b.collation();
    }
    return Collation.UTF8MB4_0900_AI_CI;
  }
}
