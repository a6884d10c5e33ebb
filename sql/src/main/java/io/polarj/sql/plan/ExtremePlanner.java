package io.polarj.sql.plan;

import io.polarj.sql.exec.operator.LimitNode;
import io.polarj.sql.exec.operator.Limits;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.ScanNode;
import io.polarj.sql.validate.PolarTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/** MIN or MAX of an indexed column is the first entry at one end of a range of the index. */
final class ExtremePlanner {
  private ExtremePlanner() {}

  /** The plan, or null when the aggregate is not of that kind or no index helps. */
  static Planned plan(QueryPlanner planner, Aggregate aggregate) {
    if (!aggregate.getGroupSet().isEmpty() || aggregate.getAggCallList().size() != 1) {
      return null;
    }
    AggregateCall call = aggregate.getAggCallList().get(0);
    boolean min = call.getAggregation().getKind() == SqlKind.MIN;
    boolean max = call.getAggregation().getKind() == SqlKind.MAX;
    if (!min && !max || call.filterArg >= 0 || call.getArgList().size() != 1) {
      return null;
    }
    int field = call.getArgList().get(0);
    RelNode rel = aggregate.getInput();
    Project project = null;
    if (rel instanceof Project p) {
      if (!(p.getProjects().get(field) instanceof RexInputRef)) {
        return null;
      }
      project = p;
      rel = p.getInput();
    }
    List<RexNode> conditions = new ArrayList<>();
    while (rel instanceof Filter filter) {
      conditions.addAll(Conditions.split(filter.getCondition()));
      rel = filter.getInput();
    }
    if (!(rel instanceof TableScan scan) || scan.getTable().unwrap(PolarTable.class).virtual()) {
      return null;
    }
    int column =
        project == null ? field : ((RexInputRef) project.getProjects().get(field)).getIndex();
    return plan(planner, aggregate, scan, conditions, project, column, max);
  }

  private static Planned plan(
      QueryPlanner planner,
      Aggregate aggregate,
      TableScan scan,
      List<RexNode> conditions,
      Project project,
      int column,
      boolean max) {
    PolarTable table = scan.getTable().unwrap(PolarTable.class);
    AccessPaths paths = new AccessPaths(table.def(), 0, planner.context(), planner.compilation());
    Needs needs = Needs.evaluated(ImmutableBitSet.of(column));
    List<RexNode> withNotNull = new ArrayList<>(conditions);
    RexNode argument =
        new RexInputRef(column, scan.getRowType().getFieldList().get(column).getType());
    if (argument.getType().isNullable()) {
      withNotNull.add(
          scan.getCluster()
              .getRexBuilder()
              .makeCall(org.apache.calcite.sql.fun.SqlStdOperatorTable.IS_NOT_NULL, argument));
    }
    AccessPath path =
        paths.best(
            withNotNull,
            ImmutableBitSet.of(),
            planner.neededColumns(needs, withNotNull, 0, table.def().columns().size()),
            List.of(new Request.FieldOrder(column, max)),
            1);
    if (path == null || !path.ordered()) {
      return null;
    }
    int width = table.def().columns().size();
    PlanNode node = new ScanNode(planner.access(table.def(), paths, path, 0, width, needs));
    node = new LimitNode(node, new Limits((row, execution) -> 1L, null), 1);
    if (project != null) {
      int[] from = new int[project.getProjects().size()];
      java.util.Arrays.fill(from, column);
      node =
          new io.polarj.sql.exec.operator.ProjectNode(
              node, from, new io.polarj.sql.expr.Expr[from.length]);
    }
    PlanNode result = planner.aggregateNode(aggregate, ImmutableBitSet.of(), node, 1);
    return new Planned(result, 1, 4, true);
  }
}
