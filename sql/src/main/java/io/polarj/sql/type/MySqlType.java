package io.polarj.sql.type;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.BasicSqlType;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * A Calcite type that carries the MySQL column type it stands for. All character kinds are VARCHAR
 * to Calcite, BIT is UBIGINT, YEAR is SMALLINT, MEDIUMINT is INTEGER. Immutable.
 */
public final class MySqlType extends BasicSqlType {
  private static final SqlCollation COLLATION =
      new SqlCollation("UTF-8$en_US$primary", SqlCollation.Coercibility.IMPLICIT);
  private final transient ColumnType columnType;

  MySqlType(ColumnType columnType, boolean nullable) {
    super(MySqlTypeSystem.INSTANCE, sqlTypeName(columnType), nullable);
    this.columnType = columnType;
    computeDigest();
  }

  /** A truth value; as a column it is a BIGINT of width 1. */
  public static MySqlType truth(boolean nullable) {
    return new MySqlType(MySqlTypes.TRUTH, nullable);
  }

  public ColumnType columnType() {
    return columnType;
  }

  private static SqlTypeName sqlTypeName(ColumnType type) {
    if (type == MySqlTypes.TRUTH) {
      return SqlTypeName.BOOLEAN;
    }
    boolean unsigned = type.unsigned();
    return switch (type.kind()) {
      case TINYINT -> unsigned ? SqlTypeName.UTINYINT : SqlTypeName.TINYINT;
      case SMALLINT -> unsigned ? SqlTypeName.USMALLINT : SqlTypeName.SMALLINT;
      case YEAR -> SqlTypeName.SMALLINT;
      case MEDIUMINT, INT -> unsigned ? SqlTypeName.UINTEGER : SqlTypeName.INTEGER;
      case BIGINT -> unsigned ? SqlTypeName.UBIGINT : SqlTypeName.BIGINT;
      case BIT -> SqlTypeName.UBIGINT;
      case DECIMAL -> SqlTypeName.DECIMAL;
      case FLOAT -> SqlTypeName.REAL;
      case DOUBLE -> SqlTypeName.DOUBLE;
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, ENUM, SET, JSON ->
          SqlTypeName.VARCHAR;
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> SqlTypeName.VARBINARY;
      case DATE -> SqlTypeName.DATE;
      case TIME -> SqlTypeName.TIME;
      case DATETIME, TIMESTAMP -> SqlTypeName.TIMESTAMP;
    };
  }

  @Override
  public MySqlType createWithNullability(boolean nullable) {
    return nullable == isNullable() ? this : new MySqlType(columnType, nullable);
  }

  @Override
  public int getPrecision() {
    if (columnType == null) {
      return super.getPrecision();
    }
    return switch (columnType.kind()) {
      case DECIMAL -> columnType.length();
      case TIME, DATETIME, TIMESTAMP -> columnType.scale();
      default ->
          typeName == SqlTypeName.VARCHAR || typeName == SqlTypeName.VARBINARY
              ? MySqlTypes.length(columnType)
              : super.getPrecision();
    };
  }

  @Override
  public int getScale() {
    return columnType != null && columnType.kind() == TypeKind.DECIMAL
        ? columnType.scale()
        : super.getScale();
  }

  @Override
  public Charset getCharset() {
    return typeName == SqlTypeName.VARCHAR ? StandardCharsets.UTF_8 : null;
  }

  @Override
  public SqlCollation getCollation() {
    return typeName == SqlTypeName.VARCHAR ? COLLATION : null;
  }

  @Override
  protected void generateTypeString(StringBuilder text, boolean withDetail) {
    if (columnType == null) {
      super.generateTypeString(text, withDetail);
      return;
    }
    text.append(typeName == SqlTypeName.BOOLEAN ? "BOOLEAN" : columnType.kind().name());
    if (columnType.length() != 0 || columnType.scale() != 0) {
      text.append('(').append(columnType.length());
      if (columnType.scale() != 0) {
        text.append(',').append(columnType.scale());
      }
      text.append(')');
    }
    if (columnType.unsigned()) {
      text.append(" UNSIGNED");
    }
    if (withDetail && columnType.collation() != Collation.BINARY) {
      text.append(' ').append(columnType.collation().sqlName());
    }
    if (withDetail && !columnType.members().isEmpty()) {
      text.append(columnType.members());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MySqlType that
        && typeName == that.typeName
        && isNullable() == that.isNullable()
        && columnType.equals(that.columnType);
  }

  @Override
  public int hashCode() {
    return Objects.hash(typeName, isNullable(), columnType);
  }
}
