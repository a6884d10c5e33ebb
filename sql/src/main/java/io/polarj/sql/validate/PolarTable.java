package io.polarj.sql.validate;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.type.MySqlTypes;
import java.util.List;
import org.apache.calcite.plan.RelOptAbstractTable;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlAccessType;
import org.apache.calcite.sql.validate.SqlModality;
import org.apache.calcite.sql.validate.SqlMonotonicity;
import org.apache.calcite.sql2rel.InitializerContext;

/** A table in a validated and a bound tree: {@code scan.getTable().unwrap(PolarTable.class)}. */
public final class PolarTable extends RelOptAbstractTable implements Prepare.PreparingTable {
  private final TableDef def;
  private final boolean virtual;
  private final List<String> names;

  /** {@code names}: database and table as they were looked up. */
  PolarTable(TableDef def, boolean virtual, RelDataTypeFactory types, List<String> names) {
    super(null, def.name(), rowType(def, types));
    this.names = names;
    this.def = def;
    this.virtual = virtual;
  }

  private static RelDataType rowType(TableDef def, RelDataTypeFactory types) {
    RelDataTypeFactory.Builder builder = types.builder();
    for (ColumnDef column : def.columns()) {
      builder.add(column.name(), MySqlTypes.of(column.type(), column.nullable()));
    }
    return builder.build();
  }

  public TableDef def() {
    return def;
  }

  /** Computed by the SQL layer (information_schema), not stored. */
  public boolean virtual() {
    return virtual;
  }

  @Override
  public List<String> getQualifiedName() {
    return names;
  }

  @Override
  public RelNode toRel(ToRelContext context) {
    return LogicalTableScan.create(context.getCluster(), this, context.getTableHints());
  }

  @Override
  public SqlMonotonicity getMonotonicity(String columnName) {
    return SqlMonotonicity.NOT_MONOTONIC;
  }

  @Override
  public SqlAccessType getAllowedAccess() {
    return SqlAccessType.ALL;
  }

  @Override
  public boolean supportsModality(SqlModality modality) {
    return modality == SqlModality.RELATION;
  }

  @Override
  public boolean isTemporal() {
    return false;
  }

  @Override
  public boolean columnHasDefaultValue(
      RelDataType rowType, int ordinal, InitializerContext initializerContext) {
    return def.columns().get(ordinal).defaultSql() != null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolarTable that
        && def.schema().equals(that.def.schema())
        && def.name().equals(that.def.name())
        && def.id() == that.def.id()
        && def.version() == that.def.version();
  }

  @Override
  public int hashCode() {
    return def.name().hashCode() * 31 + def.schema().hashCode();
  }
}
