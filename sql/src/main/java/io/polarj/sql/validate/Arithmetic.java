package io.polarj.sql.validate;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;
import org.apache.calcite.rel.type.RelDataType;

/** Result types of MySQL's arithmetic. */
final class Arithmetic {
  private static final int DIVISION_DIGITS = 4;

  private Arithmetic() {}

  /** What a value counts as in arithmetic: integers, DECIMAL or DOUBLE. */
  static ColumnType numeric(RelDataType type, RelDataType other) {
    if (MySqlTypes.isNull(type)) {
      return MySqlTypes.isNull(other) ? MySqlTypes.BIGINT : numeric(other, other);
    }
    return numeric(MySqlTypes.columnType(type));
  }

  static ColumnType numeric(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, DECIMAL, DOUBLE -> type;
      case FLOAT -> MySqlTypes.DOUBLE;
      case YEAR, BIT -> MySqlTypes.UNSIGNED_BIGINT;
      case DATE -> MySqlTypes.BIGINT;
      case TIME, DATETIME, TIMESTAMP ->
          type.scale() == 0
              ? MySqlTypes.BIGINT
              : MySqlTypes.decimal(14 + type.scale(), type.scale());
      default -> MySqlTypes.DOUBLE;
    };
  }

  static ColumnType result(String operator, RelDataType left, RelDataType right) {
    ColumnType a = numeric(left, right);
    ColumnType b = numeric(right, left);
    if (operator.equals("DIV")) {
      return a.unsigned() || b.unsigned() ? MySqlTypes.UNSIGNED_BIGINT : MySqlTypes.BIGINT;
    }
    if (a.kind() == TypeKind.DOUBLE || b.kind() == TypeKind.DOUBLE) {
      return MySqlTypes.DOUBLE;
    }
    int scaleA = MySqlTypes.scale(a);
    int scaleB = MySqlTypes.scale(b);
    int wholeA = MySqlTypes.digits(a) - scaleA;
    int wholeB = MySqlTypes.digits(b) - scaleB;
    boolean integers = a.kind() != TypeKind.DECIMAL && b.kind() != TypeKind.DECIMAL;
    if (operator.equals("/")) {
      int scale = Math.min(30, scaleA + DIVISION_DIGITS);
      return MySqlTypes.decimal(wholeA + scaleB + scale, scale);
    }
    if (integers) {
      boolean unsigned = operator.equals("MOD") ? a.unsigned() : a.unsigned() || b.unsigned();
      return unsigned ? MySqlTypes.UNSIGNED_BIGINT : MySqlTypes.BIGINT;
    }
    if (operator.equals("*")) {
      return MySqlTypes.decimal(wholeA + wholeB + scaleA + scaleB, scaleA + scaleB);
    }
    int scale = Math.max(scaleA, scaleB);
    int carry = operator.equals("MOD") ? 0 : 1;
    return MySqlTypes.decimal(Math.max(wholeA, wholeB) + carry + scale, scale);
  }
}
