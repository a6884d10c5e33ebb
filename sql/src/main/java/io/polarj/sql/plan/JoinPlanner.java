package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.HashJoinNode;
import io.polarj.sql.exec.operator.IndexJoinNode;
import io.polarj.sql.exec.operator.PlaceNode;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.ProjectNode;
import io.polarj.sql.exec.operator.Segments;
import io.polarj.sql.exec.operator.ValueOrder;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.PolarTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Plans joins. A tree of inner joins becomes a list of inputs whose order {@link JoinOrder}
 * chooses; an outer join is one input of such a list, its sides planned on their own.
 */
final class JoinPlanner {
  /** An input of a join and its place in the joined row. */
  record Leaf(RelNode rel, int offset, int width) {
    ImmutableBitSet fields() {
      return ImmutableBitSet.range(offset, offset + width);
    }

    /** The stored table it is, or null. */
    TableDef table() {
      PolarTable table =
          rel instanceof TableScan scan ? scan.getTable().unwrap(PolarTable.class) : null;
      return table == null || table.virtual() ? null : table.def();
    }
  }

  private final QueryPlanner planner;

  JoinPlanner(QueryPlanner planner) {
    this.planner = planner;
  }

  Planned plan(Join join, Request request) {
    return switch (join.getJoinType()) {
      case INNER -> inner(join, request);
      case LEFT -> left(join, request);
      case RIGHT -> right(join, request);
      default -> throw SqlError.NOT_SUPPORTED_YET.with(join.getJoinType() + " JOIN");
    };
  }

  private Planned inner(Join join, Request request) {
    List<Leaf> leaves = new ArrayList<>();
    List<RexNode> conditions = new ArrayList<>(request.conditions());
    flatten(join, 0, leaves, conditions);
    int width = join.getRowType().getFieldCount();
    List<RexNode> fixed = new ArrayList<>();
    List<RexNode> placed = new ArrayList<>();
    for (RexNode condition : conditions) {
      References references = planner.compilation().references(condition);
      (references.movable() && !references.fields().isEmpty() ? placed : fixed).add(condition);
    }
    Request inner =
        new Request(
            request.needs().plus(planner.fields(fixed)),
            placed,
            request.order(),
            fixed.isEmpty() ? request.rowsRead() : Double.POSITIVE_INFINITY);
    return planner.filtered(new JoinOrder(this, planner, leaves, width, inner).plan(), fixed);
  }

  private void flatten(RelNode rel, int offset, List<Leaf> leaves, List<RexNode> conditions) {
    if (rel instanceof Join join && join.getJoinType() == JoinRelType.INNER) {
      flatten(join.getLeft(), offset, leaves, conditions);
      flatten(
          join.getRight(),
          offset + join.getLeft().getRowType().getFieldCount(),
          leaves,
          conditions);
      conditions.addAll(Conditions.shift(Conditions.split(join.getCondition()), offset));
    } else if (rel instanceof Filter filter
        && Conditions.split(filter.getCondition()).stream()
            .noneMatch(c -> planner.compilation().references(c).correlated())) {
      conditions.addAll(Conditions.shift(Conditions.split(filter.getCondition()), offset));
      flatten(filter.getInput(), offset, leaves, conditions);
    } else {
      leaves.add(new Leaf(rel, offset, rel.getRowType().getFieldCount()));
    }
  }

  /** The input below its filters, whose conditions are added to those of the joined row. */
  private Leaf unfiltered(Leaf leaf, List<RexNode> conditions) {
    RelNode rel = leaf.rel();
    while (rel instanceof Filter filter && filter.getVariablesSet().isEmpty()) {
      conditions.addAll(Conditions.shift(Conditions.split(filter.getCondition()), leaf.offset()));
      rel = filter.getInput();
    }
    return new Leaf(rel, leaf.offset(), leaf.width());
  }

  /** Plans an input alone, in its place; the request speaks of the joined row. */
  Planned leaf(Leaf leaf, int width, Request request) {
    if (leaf.rel() instanceof TableScan scan) {
      return planner.scan(scan, leaf.offset(), width, request);
    }
    Request local =
        new Request(
            request.needs().slice(leaf.offset(), leaf.width()),
            Conditions.shift(request.conditions(), -leaf.offset()),
            List.of(),
            request.rowsRead());
    Planned planned = planner.plan(leaf.rel(), local);
    PlanNode node =
        width == leaf.width()
            ? planned.node()
            : new PlaceNode(planned.node(), width, leaf.offset());
    return new Planned(node, planned.rows(), planned.cost(), false);
  }

  private Planned right(Join join, Request request) {
    int leftWidth = join.getLeft().getRowType().getFieldCount();
    int rightWidth = join.getRight().getRowType().getFieldCount();
    RexShuttle swap =
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef ref) {
            int field = ref.getIndex();
            int moved = field < leftWidth ? field + rightWidth : field - leftWidth;
            return new RexInputRef(moved, ref.getType());
          }
        };
    List<RexNode> on = new ArrayList<>();
    Conditions.split(join.getCondition()).forEach(c -> on.add(c.accept(swap)));
    Needs needs = request.needs().plus(planner.fields(request.conditions()));
    Needs swapped =
        new Needs(
            swapped(needs.evaluated(), leftWidth, rightWidth),
            swapped(needs.passed(), leftWidth, rightWidth));
    Planned planned = outer(join.getRight(), join.getLeft(), on, Request.of(swapped));
    int[] from = new int[leftWidth + rightWidth];
    for (int i = 0; i < from.length; i++) {
      from[i] = i < leftWidth ? i + rightWidth : i - leftWidth;
    }
    PlanNode node = new ProjectNode(planned.node(), from, new Expr[from.length]);
    return planner.filtered(
        new Planned(node, planned.rows(), planned.cost(), false), request.conditions());
  }

  private static ImmutableBitSet swapped(ImmutableBitSet fields, int left, int right) {
    ImmutableBitSet.Builder result = ImmutableBitSet.builder();
    for (int field : fields) {
      result.set(field < left ? field + right : field - left);
    }
    return result.build();
  }

  private Planned left(Join join, Request request) {
    int leftWidth = join.getLeft().getRowType().getFieldCount();
    for (RexNode condition : request.conditions()) {
      if (rejectsNulls(condition, leftWidth)) {
        Join asInner =
            join.copy(
                join.getTraitSet(),
                join.getCondition(),
                join.getLeft(),
                join.getRight(),
                JoinRelType.INNER,
                false);
        return inner(asInner, request);
      }
    }
    return outer(join.getLeft(), join.getRight(), Conditions.split(join.getCondition()), request);
  }

  /** Whether the condition can not hold for a row whose fields from {@code right} on are NULL. */
  private boolean rejectsNulls(RexNode condition, int right) {
    boolean comparison =
        switch (condition.getKind()) {
          case EQUALS,
              LESS_THAN,
              LESS_THAN_OR_EQUAL,
              GREATER_THAN,
              GREATER_THAN_OR_EQUAL,
              NOT_EQUALS,
              BETWEEN,
              IS_NOT_NULL ->
              true;
          default -> false;
        };
    return comparison
        && ((RexCall) condition)
            .getOperands().stream()
                .anyMatch(o -> o instanceof RexInputRef ref && ref.getIndex() >= right);
  }

  private Planned outer(RelNode leftRel, RelNode rightRel, List<RexNode> written, Request request) {
    int leftWidth = leftRel.getRowType().getFieldCount();
    int width = leftWidth + rightRel.getRowType().getFieldCount();
    List<RexNode> leftOnly = new ArrayList<>();
    List<RexNode> on = new ArrayList<>(written);
    Leaf left = unfiltered(new Leaf(leftRel, 0, leftWidth), leftOnly);
    // A condition on the right side alone is the same in ON.
    Leaf right = unfiltered(new Leaf(rightRel, leftWidth, width - leftWidth), on);
    List<RexNode> above = new ArrayList<>();
    for (RexNode condition : request.conditions()) {
      References references = planner.compilation().references(condition);
      boolean pushable =
          references.movable()
              && !references.fields().isEmpty()
              && left.fields().contains(references.fields());
      (pushable ? leftOnly : above).add(condition);
    }
    Needs needs = request.needs().plus(planner.fields(above)).plus(planner.fields(on));
    boolean orderOnLeft = request.order().stream().allMatch(f -> f.field() < leftWidth);
    Planned input =
        leaf(
            left,
            width,
            new Request(
                needs,
                leftOnly,
                orderOnLeft ? request.order() : List.of(),
                above.isEmpty() ? request.rowsRead() : Double.POSITIVE_INFINITY));
    Planned joined = joined(input, left.fields(), right, on, needs, width, true);
    return planner.filtered(
        new Planned(joined.node(), joined.rows(), joined.cost(), input.ordered() && orderOnLeft),
        above);
  }

  /**
   * Adds an input to the rows of {@code left}, which has values in {@code known}: by its index when
   * that is cheaper, else by a hash table. {@code conditions} are those on both, and (for an outer
   * join) those on one side.
   */
  Planned joined(
      Planned left,
      ImmutableBitSet known,
      Leaf right,
      List<RexNode> conditions,
      Needs needs,
      int width,
      boolean outer) {
    Step step = step(left.rows(), known, right, conditions, needs, width, outer);
    return build(left, step, known, right, conditions, needs, width, outer);
  }

  /** The figures of adding an input; {@code path} null: by hash or plain loop. */
  record Step(double rows, double cost, AccessPaths paths, AccessPath path) {}

  Step step(
      double leftRows,
      ImmutableBitSet known,
      Leaf right,
      List<RexNode> conditions,
      Needs needs,
      int width,
      boolean outer) {
    List<RexNode> alone = new ArrayList<>();
    List<RexNode> both = new ArrayList<>();
    separate(conditions, right, alone, both);
    double ownRows;
    double ownCost;
    AccessPath lookup = null;
    AccessPaths paths = null;
    TableDef table = right.table();
    if (table != null) {
      paths = new AccessPaths(table, right.offset(), planner.context(), planner.compilation());
      int columns = table.columns().size();
      AccessPath own =
          paths.best(
              alone,
              ImmutableBitSet.of(),
              planner.neededColumns(needs, conditions, right.offset(), columns),
              List.of(),
              Double.POSITIVE_INFINITY);
      ownRows = own.rows();
      ownCost = own.cost();
      lookup =
          paths.best(
              conditions,
              known,
              planner.neededColumns(needs, conditions, right.offset(), columns),
              List.of(),
              Double.POSITIVE_INFINITY);
    } else {
      Planned own = leaf(right, width, new Request(needs, alone, List.of(), Double.MAX_VALUE));
      ownRows = own.rows();
      ownCost = own.cost();
    }
    boolean hashed = both.stream().anyMatch(c -> hashKey(c, known, right) != null);
    double matches = ownRows * Conditions.selectivity(both);
    if (lookup != null && lookup.keyed()) {
      matches = Math.min(matches, lookup.rows());
    } else if (hashed) {
      matches = Math.min(matches, Math.max(1, ownRows / 10));
    }
    double rows = Math.max(outer ? leftRows : 0.1, leftRows * matches);
    double hashCost =
        ownCost + (hashed ? ownRows * 1.5 + leftRows + rows : ownRows + leftRows * ownRows * 0.3);
    if (lookup != null && lookup.keyed() && leftRows * lookup.cost() < hashCost) {
      return new Step(rows, leftRows * lookup.cost(), paths, lookup);
    }
    return new Step(rows, hashCost, null, null);
  }

  private void separate(
      List<RexNode> conditions, Leaf right, List<RexNode> alone, List<RexNode> both) {
    for (RexNode condition : conditions) {
      References references = planner.compilation().references(condition);
      boolean own =
          references.movable()
              && !references.fields().isEmpty()
              && right.fields().contains(references.fields());
      (own ? alone : both).add(condition);
    }
  }

  private Planned build(
      Planned left,
      Step step,
      ImmutableBitSet known,
      Leaf right,
      List<RexNode> conditions,
      Needs needs,
      int width,
      boolean outer) {
    Needs all = needs.plus(planner.fields(conditions));
    double cost = left.cost() + step.cost();
    if (step.path() != null) {
      PlanNode node =
          new IndexJoinNode(
              left.node(),
              planner.access(right.table(), step.paths(), step.path(), right.offset(), width, all),
              null,
              outer,
              step.rows());
      return new Planned(node, step.rows(), cost, left.ordered());
    }
    List<RexNode> alone = new ArrayList<>();
    List<RexNode> both = new ArrayList<>();
    separate(conditions, right, alone, both);
    Planned own = leaf(right, width, new Request(all, alone, List.of(), Double.MAX_VALUE));
    List<RexNode> leftKeys = new ArrayList<>();
    List<RexNode> rightKeys = new ArrayList<>();
    List<RexNode> rest = new ArrayList<>();
    for (RexNode condition : both) {
      RexNode[] pair = hashKey(condition, known, right);
      if (pair == null) {
        rest.add(condition);
      } else {
        leftKeys.add(pair[0]);
        rightKeys.add(pair[1]);
      }
    }
    PlanNode node =
        new HashJoinNode(
            left.node(),
            own.node(),
            compiled(leftKeys),
            compiled(rightKeys),
            leftKeys.stream().map(k -> ValueOrder.of(Sarg.type(k))).toArray(ValueOrder[]::new),
            new Segments(new int[] {right.offset(), right.width()}),
            planner.conjunction(rest),
            outer,
            step.rows());
    return new Planned(node, step.rows(), cost, left.ordered());
  }

  private Expr[] compiled(List<RexNode> nodes) {
    return nodes.stream().map(planner.compilation()::compile).toArray(Expr[]::new);
  }

  /** The sides of an equality that a hash table can answer, known side first; else null. */
  private RexNode[] hashKey(RexNode condition, ImmutableBitSet known, Leaf right) {
    if (!condition.isA(SqlKind.EQUALS)) {
      return null;
    }
    List<RexNode> operands = ((RexCall) condition).getOperands();
    RexNode a = operands.get(0);
    RexNode b = operands.get(1);
    if (!hashable(Sarg.type(a), Sarg.type(b))) {
      return null;
    }
    if (side(a, known) && side(b, right.fields())) {
      return new RexNode[] {a, b};
    }
    return side(b, known) && side(a, right.fields()) ? new RexNode[] {b, a} : null;
  }

  private boolean side(RexNode node, ImmutableBitSet fields) {
    References references = planner.compilation().references(node);
    return references.movable()
        && !references.fields().isEmpty()
        && fields.contains(references.fields());
  }

  /** Whether equal values of the types have equal keys. */
  static boolean hashable(ColumnType a, ColumnType b) {
    if (MySqlTypes.isInteger(a) && MySqlTypes.isInteger(b)) {
      return MySqlTypes.isUnsigned64(a) == MySqlTypes.isUnsigned64(b);
    }
    if (MySqlTypes.isString(a) && MySqlTypes.isString(b)) {
      return MySqlTypes.isBinary(a) == MySqlTypes.isBinary(b) && a.collation() == b.collation();
    }
    return a.kind() == b.kind() && a.kind() != io.polarj.engine.schema.TypeKind.FLOAT;
  }
}
