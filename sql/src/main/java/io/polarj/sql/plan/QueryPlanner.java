package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.AggregateNode;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.FilterNode;
import io.polarj.sql.exec.operator.LimitNode;
import io.polarj.sql.exec.operator.Limits;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.ProjectNode;
import io.polarj.sql.exec.operator.RowOrder;
import io.polarj.sql.exec.operator.RowReader;
import io.polarj.sql.exec.operator.ScanNode;
import io.polarj.sql.exec.operator.SetOperationNode;
import io.polarj.sql.exec.operator.SortNode;
import io.polarj.sql.exec.operator.TableAccess;
import io.polarj.sql.exec.operator.ValueOrder;
import io.polarj.sql.exec.operator.ValuesNode;
import io.polarj.sql.expr.Aggregates;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.PolarTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;

/** Plans one query level. One thread, one use. */
public final class QueryPlanner {
  private static final double SORT_COST = 0.3;

  private final PlanContext context;
  private final Compilation compilation;
  private final boolean handle;

  private QueryPlanner(PlanContext context, Set<Integer> outer, boolean handle) {
    this.context = context;
    this.compilation = new Compilation(context, outer);
    this.handle = handle;
  }

  /** The rows of a query: its fields, as the client is to get them. */
  public static PlanNode query(PlanContext context, RelNode rel, boolean rawAllowed) {
    ImmutableBitSet all = ImmutableBitSet.range(rel.getRowType().getFieldCount());
    Needs needs = rawAllowed ? new Needs(ImmutableBitSet.of(), all) : Needs.evaluated(all);
    return new QueryPlanner(context, Set.of(), false)
        .plan(LogicalRewrites.rewrite(rel), Request.of(needs))
        .node();
  }

  /** The rows of a table to change: all columns, and after them the stored row itself. */
  public static PlanNode changes(PlanContext context, RelNode rel) {
    ImmutableBitSet all = ImmutableBitSet.range(rel.getRowType().getFieldCount());
    return new QueryPlanner(context, Set.of(), true)
        .plan(LogicalRewrites.rewrite(rel), Request.of(Needs.evaluated(all)))
        .node();
  }

  /** Expressions over a row that is no query's. */
  public static Expr expression(PlanContext context, RexNode node) {
    return new Compilation(context, Set.of()).compile(node);
  }

  /** A subquery; {@code outer}: the correlation variables that will be set. */
  static Planned subQuery(PlanContext context, RelNode rel, Set<Integer> outer, double rowsRead) {
    ImmutableBitSet all = ImmutableBitSet.range(rel.getRowType().getFieldCount());
    return new QueryPlanner(context, outer, false)
        .plan(
            LogicalRewrites.rewrite(rel),
            new Request(Needs.evaluated(all), List.of(), List.of(), rowsRead));
  }

  PlanContext context() {
    return context;
  }

  Compilation compilation() {
    return compilation;
  }

  Planned plan(RelNode rel, Request request) {
    return switch (rel) {
      case Filter filter -> filter(filter, request);
      case Project project -> project(project, request);
      case TableScan scan -> scan(scan, 0, width(scan), request);
      case Join join -> new JoinPlanner(this).plan(join, request);
      case Sort sort -> sort(sort, request);
      case Aggregate aggregate -> aggregate(aggregate, request);
      case SetOp setOp -> filtered(setOperation(setOp, request), request.conditions());
      case Values values -> filtered(values(values), request.conditions());
      default -> throw SqlError.NOT_SUPPORTED_YET.with(rel.getRelTypeName());
    };
  }

  private static int width(RelNode rel) {
    return rel.getRowType().getFieldCount();
  }

  private Planned filter(Filter filter, Request request) {
    List<RexNode> conditions = new ArrayList<>(Conditions.split(filter.getCondition()));
    conditions.addAll(request.conditions());
    return plan(filter.getInput(), request.conditions(conditions));
  }

  /** Evaluates what could not be pushed further. */
  Planned filtered(Planned planned, List<RexNode> conditions) {
    if (conditions.isEmpty()) {
      return planned;
    }
    double rows = planned.rows() * Conditions.selectivity(conditions);
    PlanNode node = new FilterNode(planned.node(), conjunction(conditions), rows);
    return new Planned(node, rows, planned.cost() + planned.rows() * 0.2, planned.ordered());
  }

  /** One expression that holds when all do; null for none. Cheap ones come first. */
  Expr conjunction(List<RexNode> conditions) {
    if (conditions.isEmpty()) {
      return null;
    }
    List<RexNode> cheapFirst = new ArrayList<>();
    conditions.stream()
        .filter(c -> !compilation.references(c).hasSubQuery())
        .forEach(cheapFirst::add);
    conditions.stream()
        .filter(c -> compilation.references(c).hasSubQuery())
        .forEach(cheapFirst::add);
    Expr[] parts = cheapFirst.stream().map(compilation::compile).toArray(Expr[]::new);
    if (parts.length == 1) {
      return parts[0];
    }
    return (row, execution) -> {
      for (Expr part : parts) {
        if (!part.holds(row, execution)) {
          return 0L;
        }
      }
      return 1L;
    };
  }

  ImmutableBitSet fields(List<RexNode> nodes) {
    return References.fields(nodes, compilation.outer());
  }

  private Planned project(Project project, Request request) {
    List<RexNode> projects = project.getProjects();
    // What could go below the projection is there: LogicalRewrites.
    List<RexNode> kept = request.conditions();
    Needs above = request.needs().plus(fields(kept));
    ImmutableBitSet.Builder evaluated = ImmutableBitSet.builder();
    ImmutableBitSet.Builder passed = ImmutableBitSet.builder();
    int[] from = new int[projects.size() + (handle ? 1 : 0)];
    Expr[] expressions = new Expr[from.length];
    for (int i = 0; i < projects.size(); i++) {
      from[i] = -1;
      if (projects.get(i) instanceof RexInputRef ref) {
        from[i] = ref.getIndex();
        if (above.evaluated().get(i)) {
          evaluated.set(ref.getIndex());
        } else if (above.passed().get(i)) {
          passed.set(ref.getIndex());
        }
      } else if (above.all().get(i)) {
        evaluated.addAll(compilation.references(projects.get(i)).fields());
      }
    }
    if (handle) {
      from[projects.size()] = width(project.getInput());
    }
    Request below =
        new Request(
            new Needs(evaluated.build(), passed.build()),
            List.of(),
            orderBelow(projects, request.order()),
            kept.isEmpty() ? request.rowsRead() : Double.POSITIVE_INFINITY);
    Planned input = plan(project.getInput(), below);
    for (int i = 0; i < projects.size(); i++) {
      if (from[i] < 0) {
        expressions[i] =
            above.all().get(i) ? compilation.compile(projects.get(i)) : (row, context) -> null;
      }
    }
    PlanNode node =
        identity(from, width(project.getInput()) + (handle ? 1 : 0))
            ? input.node()
            : new ProjectNode(input.node(), from, expressions);
    boolean ordered = input.ordered() && below.order().size() == request.order().size();
    Planned planned = new Planned(node, input.rows(), input.cost(), ordered);
    return filtered(planned, kept);
  }

  private static boolean identity(int[] from, int inputWidth) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] != i) {
        return false;
      }
    }
    return from.length == inputWidth;
  }

  private static List<Request.FieldOrder> orderBelow(
      List<RexNode> projects, List<Request.FieldOrder> order) {
    List<Request.FieldOrder> below = new ArrayList<>();
    for (Request.FieldOrder field : order) {
      if (!(projects.get(field.field()) instanceof RexInputRef ref)) {
        return List.of();
      }
      below.add(new Request.FieldOrder(ref.getIndex(), field.descending()));
    }
    return below;
  }

  /**
   * Plans a table whose columns stand at {@code offset} of a row of {@code width} fields; the
   * request speaks of that row.
   */
  Planned scan(TableScan scan, int offset, int width, Request request) {
    PolarTable table = scan.getTable().unwrap(PolarTable.class);
    if (table.virtual()) {
      return virtual(table.def(), scan, offset, width, request);
    }
    AccessPaths paths = new AccessPaths(table.def(), offset, context, compilation);
    int columns = table.def().columns().size();
    List<RexNode> conditions = request.conditions();
    AccessPath path =
        paths.best(
            conditions,
            ImmutableBitSet.of(),
            neededColumns(request.needs(), conditions, offset, columns),
            request.order(),
            request.rowsRead());
    return new Planned(
        new ScanNode(access(table.def(), paths, path, offset, width, request.needs())),
        path.rows(),
        path.cost(),
        path.ordered());
  }

  ImmutableBitSet neededColumns(Needs needs, List<RexNode> conditions, int offset, int columns) {
    return needs.plus(fields(conditions)).slice(offset, columns).all();
  }

  /** The physical form of a path. */
  TableAccess access(
      TableDef def, AccessPaths paths, AccessPath path, int offset, int width, Needs needs) {
    int columns = def.columns().size();
    Needs own = needs.plus(fields(path.rest())).slice(offset, columns);
    int[] decoded = own.all().toArray();
    boolean[] raw = new boolean[decoded.length];
    for (int i = 0; i < decoded.length; i++) {
      raw[i] = !own.evaluated().get(decoded[i]) && rawText(def.columns().get(decoded[i]).type());
    }
    RowReader reader = new RowReader(width + (handle ? 1 : 0), offset, decoded, raw, handle);
    return new TableAccess(
        context.ordinal(def),
        def,
        path.index(),
        paths.keys(path),
        path.point(),
        path.reverse(),
        path.indexOnly() && !path.index().primary() && !handle,
        context.mode(),
        reader,
        conjunction(path.rest()),
        path.rows());
  }

  private static boolean rawText(ColumnType type) {
    return switch (type.kind()) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT -> true;
      default -> false;
    };
  }

  private Planned virtual(TableDef def, TableScan scan, int offset, int width, Request request) {
    PlanNode node = context.virtualTable(def);
    if (width != width(scan)) {
      node = new io.polarj.sql.exec.operator.PlaceNode(node, width, offset);
    }
    double rows = node.estimatedRows();
    return filtered(new Planned(node, rows, rows, false), request.conditions());
  }

  private Planned sort(Sort sort, Request request) {
    boolean limited = sort.fetch != null || sort.offset != null;
    List<RexNode> kept = request.conditions();
    List<RelFieldCollation> collations = sort.getCollation().getFieldCollations();
    List<Request.FieldOrder> order =
        collations.isEmpty() && !limited
            ? request.order()
            : collations.stream()
                .map(c -> new Request.FieldOrder(c.getFieldIndex(), c.direction.isDescending()))
                .toList();
    ImmutableBitSet keys =
        ImmutableBitSet.of(collations.stream().map(c -> c.getFieldIndex()).toList());
    double rowsRead = limited ? limit(sort) : Double.POSITIVE_INFINITY;
    Planned input =
        plan(
            sort.getInput(),
            new Request(request.needs().plus(keys).plus(fields(kept)), List.of(), order, rowsRead));
    Limits limits = new Limits(constant(sort.fetch), constant(sort.offset));
    double rows = Math.min(input.rows(), rowsRead);
    Planned planned;
    if (!collations.isEmpty() && !input.ordered()) {
      double cost = SORT_COST * input.rows() * (1 + Math.log(Math.max(2, input.rows())));
      planned =
          new Planned(
              new SortNode(input.node(), rowOrder(sort.getInput().getRowType(), order), limits),
              rows,
              input.cost() + cost,
              true);
    } else {
      PlanNode node = limited ? new LimitNode(input.node(), limits, rows) : input.node();
      planned = new Planned(node, rows, input.cost(), input.ordered());
    }
    return filtered(planned, kept);
  }

  /** The rows that are read of the input, as far as that can be known now. */
  private double limit(Sort sort) {
    double fetch = peek(sort.fetch, Double.POSITIVE_INFINITY);
    return fetch + peek(sort.offset, 0);
  }

  private double peek(RexNode node, double absent) {
    if (node == null) {
      return absent;
    }
    if (!(node instanceof RexLiteral) && !context.parametersKnown()) {
      return 100;
    }
    Object value = compilation.compile(node).eval(Execution.NO_ROW, context.peek());
    return value instanceof Number number && number.longValue() >= 0
        ? number.doubleValue()
        : Double.POSITIVE_INFINITY;
  }

  private Expr constant(RexNode node) {
    return node == null ? null : compilation.compile(node);
  }

  static RowOrder rowOrder(RelDataType type, List<Request.FieldOrder> order) {
    int[] fields = new int[order.size()];
    ValueOrder[] orders = new ValueOrder[fields.length];
    boolean[] descending = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = order.get(i).field();
      orders[i] = valueOrder(type, fields[i]);
      descending[i] = order.get(i).descending();
    }
    return new RowOrder(fields, orders, descending);
  }

  static ValueOrder valueOrder(RelDataType type, int field) {
    RelDataTypeField typed = type.getFieldList().get(field);
    return ValueOrder.of(MySqlTypes.columnType(typed.getType()));
  }

  private Planned aggregate(Aggregate aggregate, Request request) {
    if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
      throw SqlError.NOT_SUPPORTED_YET.with("WITH ROLLUP");
    }
    int[] groups = aggregate.getGroupSet().toArray();
    Planned extreme = request.conditions().isEmpty() ? ExtremePlanner.plan(this, aggregate) : null;
    if (extreme != null) {
      return extreme;
    }
    Planned input =
        plan(
            aggregate.getInput(),
            new Request(
                Needs.evaluated(aggregateNeeds(aggregate)),
                List.of(),
                List.of(),
                Double.POSITIVE_INFINITY));
    double rows = groups.length == 0 ? 1 : Math.max(1, input.rows() / 3);
    return filtered(
        new Planned(
            aggregateNode(aggregate, aggregate.getGroupSet(), input.node(), rows),
            rows,
            input.cost() + input.rows(),
            groups.length == 0),
        request.conditions());
  }

  static ImmutableBitSet aggregateNeeds(Aggregate aggregate) {
    ImmutableBitSet.Builder needed = ImmutableBitSet.builder();
    needed.addAll(aggregate.getGroupSet());
    for (AggregateCall call : aggregate.getAggCallList()) {
      call.getArgList().forEach(needed::set);
      call.getCollation().getFieldCollations().forEach(c -> needed.set(c.getFieldIndex()));
      if (call.filterArg >= 0) {
        needed.set(call.filterArg);
      }
    }
    return needed.build();
  }

  /** Groups by the given set, which may be a part of the aggregate's. */
  PlanNode aggregateNode(
      Aggregate aggregate, ImmutableBitSet groupSet, PlanNode input, double rows) {
    RelDataType type = aggregate.getInput().getRowType();
    int[] groups = groupSet.toArray();
    ValueOrder[] orders =
        Arrays.stream(groups).mapToObj(g -> valueOrder(type, g)).toArray(ValueOrder[]::new);
    List<AggregateNode.Call> calls = new ArrayList<>();
    for (AggregateCall call : aggregate.getAggCallList()) {
      List<Integer> arguments = new ArrayList<>(call.getArgList());
      call.getCollation().getFieldCollations().forEach(c -> arguments.add(c.getFieldIndex()));
      int filter = call.filterArg;
      calls.add(
          new AggregateNode.Call(
              Aggregates.accumulator(call, aggregate.getInput()),
              arguments.stream().mapToInt(Integer::intValue).toArray(),
              filter < 0 ? null : (row, execution) -> row[filter]));
    }
    return new AggregateNode(input, groups, orders, calls, rows);
  }

  private Planned setOperation(SetOp setOp, Request request) {
    int width = width(setOp);
    boolean pass = setOp instanceof Union && setOp.all && request.conditions().isEmpty();
    Needs needs = pass ? request.needs() : Needs.evaluated(ImmutableBitSet.range(width));
    List<PlanNode> inputs = new ArrayList<>();
    double rows = 0;
    double cost = 0;
    for (RelNode input : setOp.getInputs()) {
      Planned planned = plan(input, Request.of(needs));
      inputs.add(planned.node());
      rows += planned.rows();
      cost += planned.cost();
    }
    int[] fields = new int[width];
    ValueOrder[] orders = new ValueOrder[width];
    for (int i = 0; i < width; i++) {
      fields[i] = i;
      orders[i] = valueOrder(setOp.getRowType(), i);
    }
    SetOperationNode.Kind kind =
        switch (setOp) {
          case Union union -> SetOperationNode.Kind.UNION;
          case Minus minus -> SetOperationNode.Kind.EXCEPT;
          case Intersect intersect -> SetOperationNode.Kind.INTERSECT;
          default -> throw SqlError.NOT_SUPPORTED_YET.with(setOp.getRelTypeName());
        };
    return new Planned(
        new SetOperationNode(kind, setOp.all, inputs, fields, orders), rows, cost, false);
  }

  private Planned values(Values values) {
    List<Expr[]> rows = new ArrayList<>();
    for (List<RexLiteral> tuple : values.getTuples()) {
      rows.add(tuple.stream().map(compilation::compile).toArray(Expr[]::new));
    }
    return new Planned(new ValuesNode(rows), rows.size(), rows.size(), rows.size() <= 1);
  }
}
