package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypeFactory;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.MySqlValidator;
import io.polarj.sql.validate.PolarTable;
import io.polarj.sql.validate.TableLookup;
import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;

/** What all parts of one binding share. One thread. */
final class BindSession {
  final MySqlTypeFactory types = new MySqlTypeFactory();
  final MySqlRexBuilder rex = new MySqlRexBuilder(types);
  final RelOptCluster cluster;
  final SessionContext session;
  final MySqlValidator validator;
  private final List<Class<?>> parameterClasses;
  private int parameterCount;
  private boolean cacheable = true;

  BindSession(TableLookup lookup, SessionContext session, List<Class<?>> parameterClasses) {
    this.validator = new MySqlValidator(lookup, session, types, parameterClasses);
    this.session = session;
    this.parameterClasses = parameterClasses;
    // Only to satisfy the cluster: planning is done elsewhere with a planner of its own.
    RelOptPlanner planner = new HepPlanner(HepProgram.builder().build());
    this.cluster = RelOptCluster.create(planner, rex);
  }

  RexNode parameter(int index) {
    parameterCount = Math.max(parameterCount, index + 1);
    return rex.makeDynamicParam(validator.parameterType(index), index);
  }

  /** The type of a validated expression. */
  ColumnType typeOf(SqlNode expression) {
    return MySqlTypes.columnType(validator.typeOf(expression));
  }

  int parameterCount() {
    return Math.max(parameterCount, parameterClasses.size());
  }

  List<PolarTable> tables() {
    return validator.tables();
  }

  void notCacheable() {
    cacheable = false;
  }

  boolean cacheable() {
    return cacheable;
  }
}
