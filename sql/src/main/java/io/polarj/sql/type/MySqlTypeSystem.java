package io.polarj.sql.type;

import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** MySQL's limits: DECIMAL(65,30), six digits of a second. */
final class MySqlTypeSystem extends RelDataTypeSystemImpl {
  static final MySqlTypeSystem INSTANCE = new MySqlTypeSystem();

  @Override
  public int getMaxPrecision(SqlTypeName typeName) {
    return switch (typeName) {
      case DECIMAL -> 65;
      case TIME, TIMESTAMP -> 6;
      case CHAR, VARCHAR, BINARY, VARBINARY -> Integer.MAX_VALUE;
      default -> super.getMaxPrecision(typeName);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName typeName) {
    return typeName == SqlTypeName.DECIMAL ? 30 : super.getMaxScale(typeName);
  }

  @Override
  public int getDefaultPrecision(SqlTypeName typeName) {
    return typeName == SqlTypeName.DECIMAL ? 10 : super.getDefaultPrecision(typeName);
  }
}
