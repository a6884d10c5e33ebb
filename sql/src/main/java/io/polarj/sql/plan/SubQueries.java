package io.polarj.sql.plan;

import io.polarj.engine.api.ReadMode;
import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.SubQueryRows;
import io.polarj.sql.exec.operator.ValueOrder;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.expr.RexCompiler;
import io.polarj.sql.expr.SubQueryCompiler;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

/** Plans the subqueries that stand in expressions of one query level. */
final class SubQueries implements SubQueryCompiler {
  /** A subquery that costs less for one outer row is run for each; else it is read once by hash. */
  private static final double CHEAP_RUN = 30;

  private final PlanContext context;
  private final Set<Integer> outer;

  SubQueries(PlanContext context, Set<Integer> outer) {
    this.context = context;
    this.outer = outer;
  }

  @Override
  public Expr compile(RexSubQuery subQuery, List<Expr> operands) {
    ReadMode before = context.mode(ReadMode.SNAPSHOT);
    try {
      return switch (subQuery.getKind()) {
        case SCALAR_QUERY -> rows(subQuery.rel, 2).scalar();
        case EXISTS -> {
          Expr grouped = grouped(subQuery, operands);
          yield grouped != null ? grouped : rows(subQuery.rel, 1).exists();
        }
        case IN -> in(subQuery, operands);
        case NOT_IN -> {
          Expr in = in(subQuery, operands);
          yield (row, execution) -> {
            Object result = in.eval(row, execution);
            return result == null ? null : (Object) ((Long) result == 0 ? 1L : 0L);
          };
        }
        case SOME, ALL -> quantified(subQuery, operands);
        default -> throw SqlError.NOT_SUPPORTED_YET.with(subQuery.getKind() + " (subquery)");
      };
    } finally {
      context.mode(before);
    }
  }

  private SubQueryRows rows(RelNode rel, double rowsRead) {
    Map<Integer, ImmutableBitSet> free = References.freeVariables(rel);
    Set<Integer> visible = new TreeSet<>(outer);
    visible.addAll(free.keySet());
    PlanNode node = QueryPlanner.subQuery(context, rel, visible, rowsRead).node();
    List<int[]> read = new ArrayList<>();
    free.forEach((id, fields) -> fields.forEach(f -> read.add(new int[] {id, f})));
    int[] own = free.keySet().stream().filter(id -> !outer.contains(id)).mapToInt(i -> i).toArray();
    return new SubQueryRows(node, context.newSlot(), own, read.toArray(int[][]::new));
  }

  private Expr in(RexSubQuery subQuery, List<Expr> operands) {
    ValueOrder[] orders = hashOrders(subQuery);
    if (orders == null) {
      return compared(subQuery, operands, SqlStdOperatorTable.EQUALS, false);
    }
    Expr grouped = grouped(subQuery, operands);
    return grouped != null
        ? grouped
        : rows(subQuery.rel, Double.POSITIVE_INFINITY).in(operands, orders);
  }

  /** How operands and fields are hashed, or null when some pair compares in another way. */
  private static ValueOrder[] hashOrders(RexSubQuery subQuery) {
    ValueOrder[] orders = new ValueOrder[subQuery.getOperands().size()];
    for (int i = 0; i < orders.length; i++) {
      ColumnType field = type(subQuery.rel, i);
      if (!JoinPlanner.hashable(Sarg.type(subQuery.getOperands().get(i)), field)) {
        return null;
      }
      orders[i] = ValueOrder.of(field);
    }
    return orders;
  }

  private static ColumnType type(RelNode rel, int field) {
    return MySqlTypes.columnType(rel.getRowType().getFieldList().get(field).getType());
  }

  private Expr quantified(RexSubQuery subQuery, List<Expr> operands) {
    SqlKind comparison = ((SqlQuantifyOperator) subQuery.getOperator()).comparisonKind;
    SqlOperator operator =
        switch (comparison) {
          case EQUALS -> SqlStdOperatorTable.EQUALS;
          case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
          case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
          case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
          case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
          case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
          default -> throw SqlError.NOT_SUPPORTED_YET.with(subQuery.getOperator().getName());
        };
    return compared(subQuery, operands, operator, subQuery.getKind() == SqlKind.ALL);
  }

  /** Row by row, with the comparison as an expression over operands and fields side by side. */
  private Expr compared(
      RexSubQuery subQuery, List<Expr> operands, SqlOperator operator, boolean all) {
    RexBuilder builder = subQuery.rel.getCluster().getRexBuilder();
    List<RexNode> parts = new ArrayList<>();
    int width = operands.size();
    for (int i = 0; i < width; i++) {
      RelDataType fieldType = subQuery.rel.getRowType().getFieldList().get(i).getType();
      parts.add(
          builder.makeCall(
              MySqlTypes.of(MySqlTypes.TRUTH, true),
              operator,
              List.of(
                  new RexInputRef(i, subQuery.getOperands().get(i).getType()),
                  new RexInputRef(width + i, fieldType))));
    }
    RexNode condition =
        parts.size() == 1
            ? parts.get(0)
            : builder.makeCall(
                MySqlTypes.of(MySqlTypes.TRUTH, true), SqlStdOperatorTable.AND, parts);
    Expr comparison = new RexCompiler(null).compile(condition);
    return rows(subQuery.rel, Double.POSITIVE_INFINITY).quantified(operands, comparison, all);
  }

  /** EXISTS or IN whose outer fields stand in equalities only, if reading it once is better. */
  private Expr grouped(RexSubQuery subQuery, List<Expr> operands) {
    Decorrelated decorrelated = Decorrelated.of(subQuery, outer);
    if (decorrelated == null) {
      return null;
    }
    Set<Integer> visible = new TreeSet<>(outer);
    visible.addAll(References.freeVariables(subQuery.rel).keySet());
    Planned single = QueryPlanner.subQuery(context, subQuery.rel, visible, 1);
    if (single.cost() <= CHEAP_RUN) {
      return null;
    }
    RexCompiler compiler = new RexCompiler(this);
    List<Expr> keys = decorrelated.outerKeys().stream().map(compiler::compile).toList();
    ValueOrder[] keyOrders =
        decorrelated.innerTypes().stream().map(ValueOrder::of).toArray(ValueOrder[]::new);
    ValueOrder[] orders =
        subQuery.getKind() == SqlKind.EXISTS ? new ValueOrder[0] : hashOrders(subQuery);
    return rows(decorrelated.rel(), Double.POSITIVE_INFINITY)
        .grouped(keys, keyOrders, operands, orders);
  }
}
