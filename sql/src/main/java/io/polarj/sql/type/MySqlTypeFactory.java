package io.polarj.sql.type;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;

/** Keeps {@link MySqlType}s what they are when Calcite derives types from them. */
public final class MySqlTypeFactory extends SqlTypeFactoryImpl {
  public MySqlTypeFactory() {
    super(MySqlTypeSystem.INSTANCE);
  }

  @Override
  public Charset getDefaultCharset() {
    return StandardCharsets.UTF_8;
  }

  @Override
  public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
    return type instanceof MySqlType mine
        ? mine.createWithNullability(nullable)
        : super.createTypeWithNullability(type, nullable);
  }

  @Override
  public RelDataType createTypeWithCharsetAndCollation(
      RelDataType type, Charset charset, org.apache.calcite.sql.SqlCollation collation) {
    return type instanceof MySqlType
        ? type
        : super.createTypeWithCharsetAndCollation(type, charset, collation);
  }

  @Override
  public RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule mappingRule) {
    for (RelDataType type : types) {
      if (type instanceof MySqlType) {
        return MySqlTypes.union(types);
      }
    }
    if (types.stream().allMatch(RelDataType::isStruct)) {
      return structUnion(types);
    }
    return super.leastRestrictive(types, mappingRule);
  }

  private RelDataType structUnion(List<RelDataType> types) {
    RelDataType first = types.get(0);
    Builder builder = builder();
    for (int i = 0; i < first.getFieldCount(); i++) {
      List<RelDataType> column = new ArrayList<>(types.size());
      for (RelDataType type : types) {
        column.add(type.getFieldList().get(i).getType());
      }
      builder.add(first.getFieldNames().get(i), leastRestrictive(column));
    }
    return builder.build();
  }
}
