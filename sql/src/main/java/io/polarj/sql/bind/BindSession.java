package io.polarj.sql.bind;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypeFactory;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;

/** What all parts of one binding share. One thread. */
final class BindSession {
  final MySqlTypeFactory types = new MySqlTypeFactory();
  final MySqlRexBuilder rex = new MySqlRexBuilder(types);
  final RelOptCluster cluster;
  final SessionContext session;
  private final TableLookup lookup;
  private final List<Class<?>> parameterClasses;
  private final List<PolarTable> tables = new ArrayList<>();
  private int parameterCount;
  private boolean cacheable = true;

  BindSession(TableLookup lookup, SessionContext session, List<Class<?>> parameterClasses) {
    this.lookup = lookup;
    this.session = session;
    this.parameterClasses = parameterClasses;
    // Only to satisfy the cluster: planning is done elsewhere with a planner of its own.
    RelOptPlanner planner = new HepPlanner(HepProgram.builder().build());
    this.cluster = RelOptCluster.create(planner, rex);
  }

  PolarTable table(TableName name) {
    String schema = schema(name);
    TableDef def = lookup.table(schema, name.name());
    if (def == null) {
      if (!lookup.schemaExists(schema)) {
        throw SqlError.BAD_DB.with(schema);
      }
      throw SqlError.NO_SUCH_TABLE.with(schema, name.name());
    }
    PolarTable table = new PolarTable(def, lookup.virtual(schema), types);
    if (!tables.contains(table)) {
      tables.add(table);
    }
    return table;
  }

  String schema(TableName name) {
    String schema = name.schema() == null ? session.currentSchema() : name.schema();
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    return schema;
  }

  RexNode parameter(int index) {
    parameterCount = Math.max(parameterCount, index + 1);
    Class<?> type = index < parameterClasses.size() ? parameterClasses.get(index) : null;
    RelDataType relType =
        type == null || type == Void.class
            ? types.createTypeWithNullability(types.createSqlType(SqlTypeName.ANY), true)
            : MySqlTypes.of(MySqlTypes.ofClass(type), false);
    return rex.makeDynamicParam(relType, index);
  }

  int parameterCount() {
    return Math.max(parameterCount, parameterClasses.size());
  }

  List<PolarTable> tables() {
    return List.copyOf(tables);
  }

  void notCacheable() {
    cacheable = false;
  }

  boolean cacheable() {
    return cacheable;
  }

  boolean onlyFullGroupBy() {
    return session.sqlMode("ONLY_FULL_GROUP_BY");
  }
}
