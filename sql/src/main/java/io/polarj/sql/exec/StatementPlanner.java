package io.polarj.sql.exec;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.bind.BoundAssignment;
import io.polarj.sql.bind.BoundDelete;
import io.polarj.sql.bind.BoundInsert;
import io.polarj.sql.bind.BoundQuery;
import io.polarj.sql.bind.BoundStatement;
import io.polarj.sql.bind.BoundUpdate;
import io.polarj.sql.catalog.InformationSchema;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.IndexJoinNode;
import io.polarj.sql.exec.operator.Limits;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.ProjectNode;
import io.polarj.sql.exec.operator.ScanNode;
import io.polarj.sql.exec.operator.SortNode;
import io.polarj.sql.exec.operator.TableAccess;
import io.polarj.sql.exec.operator.VirtualScanNode;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.plan.PlanContext;
import io.polarj.sql.plan.QueryPlanner;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.validate.PolarTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexNode;

/** Makes plans of bound statements. Any thread. */
final class StatementPlanner {
  private static final double ROWS_OF_VIRTUAL_TABLE = 100;

  private final Engine engine;
  private final InformationSchema informationSchema;

  StatementPlanner(Engine engine, InformationSchema informationSchema) {
    this.engine = engine;
    this.informationSchema = informationSchema;
  }

  /** {@code parameters} null: their values are not known yet. */
  StatementPlan plan(
      BoundStatement bound, SessionContext session, Object[] parameters, long catalogVersion) {
    boolean stored = bound.tables().stream().anyMatch(t -> !t.virtual());
    Transaction transaction = stored ? session.transaction() : null;
    Execution peek = new Execution(parameters, session, transaction, null);
    PlanContext context =
        new PlanContext(
            peek,
            parameters != null,
            ReadMode.SNAPSHOT,
            def -> engine.openTable(transaction, def.schema(), def.name()),
            this::virtualScan);
    return switch (bound) {
      case BoundQuery query -> query(query, context, catalogVersion);
      case BoundInsert insert -> insert(insert, context, catalogVersion);
      case BoundUpdate update -> update(update, context, catalogVersion);
      case BoundDelete delete -> delete(delete, context, catalogVersion);
    };
  }

  private VirtualScanNode virtualScan(TableDef def) {
    return new VirtualScanNode(
        def.name(), session -> informationSchema.rows(def, session), ROWS_OF_VIRTUAL_TABLE);
  }

  private static StatementPlan.Basis basis(
      BoundStatement bound, PlanContext context, long catalogVersion) {
    return new StatementPlan.Basis(catalogVersion, context.tables(), bound.cacheable());
  }

  private StatementPlan query(BoundQuery query, PlanContext context, long catalogVersion) {
    boolean locks = query.lock() != null && query.lock().mode() != LockMode.NONE;
    PlanContext locking = context;
    if (locks) {
      locking.lock(new ReadMode(query.lock().mode(), query.lock().onConflict()));
    }
    RelNode rel = query.rel();
    QueryPlan.CountedLimits counted = null;
    if (query.calcFoundRows()
        && rel instanceof Sort sort
        && (sort.fetch != null || sort.offset != null)) {
      counted =
          new QueryPlan.CountedLimits(
              new Limits(expression(sort.fetch, context), expression(sort.offset, context)));
      rel =
          sort.getCollation().equals(RelCollations.EMPTY)
              ? sort.getInput()
              : LogicalSort.create(sort.getInput(), sort.getCollation(), null, null);
    }
    PlanNode node = QueryPlanner.query(locking, rel, true);
    int width = query.columns().size();
    if (rel.getRowType().getFieldCount() > width) {
      int[] from = new int[width];
      for (int i = 0; i < width; i++) {
        from[i] = i;
      }
      node = new ProjectNode(node, from, new Expr[width]);
    }
    return new QueryPlan(
        basis(query, context, catalogVersion), node, query.columns(), locks, counted);
  }

  private static Expr expression(RexNode node, PlanContext context) {
    return node == null ? null : QueryPlanner.expression(context, node);
  }

  private static Expr[] expressions(List<? extends RexNode> nodes, PlanContext context) {
    Expr[] expressions = new Expr[nodes.size()];
    for (int i = 0; i < expressions.length; i++) {
      expressions[i] = expression(nodes.get(i), context);
    }
    return expressions;
  }

  private static void requireStored(PolarTable table) {
    if (table.virtual()) {
      throw SqlError.DBACCESS_DENIED.with("", "", table.def().schema());
    }
  }

  private StatementPlan insert(BoundInsert insert, PlanContext context, long catalogVersion) {
    requireStored(insert.table());
    TableDef def = insert.table().def();
    int ordinal = context.ordinal(def);
    int automatic = -1;
    for (int i = 0; i < def.columns().size(); i++) {
      if (def.columns().get(i).autoIncrement()) {
        automatic = i;
      }
    }
    Expr[] defaults = expressions(insert.defaults(), context);
    InsertTarget target =
        new InsertTarget(
            def,
            insert.mode(),
            defaults,
            automatic,
            insert.onDuplicate().isEmpty()
                ? null
                : change(def, insert.onDuplicate(), defaults, context));
    List<Expr[]> rows = null;
    PlanNode source = null;
    if (insert.source() == null) {
      rows = new ArrayList<>(insert.rows().size());
      for (List<RexNode> row : insert.rows()) {
        rows.add(expressions(row, context));
      }
    } else {
      source = QueryPlanner.query(context, insert.source(), false);
    }
    boolean collect =
        source != null && bound(insert.tables(), def) > 1 || readsItself(source, ordinal);
    return new InsertPlan(
        basis(insert, context, catalogVersion),
        target,
        ordinal,
        insert.targetColumns().stream().mapToInt(Integer::intValue).toArray(),
        rows,
        source,
        collect);
  }

  private static long bound(List<PolarTable> tables, TableDef def) {
    return tables.stream().filter(t -> t.def().id() == def.id()).count();
  }

  private static boolean readsItself(PlanNode source, int ordinal) {
    return source != null && accesses(source).stream().anyMatch(a -> a.table() == ordinal);
  }

  private static Set<TableAccess> accesses(PlanNode node) {
    Set<TableAccess> found = new HashSet<>();
    if (node instanceof ScanNode scan) {
      found.add(scan.access());
    } else if (node instanceof IndexJoinNode join) {
      found.add(join.access());
    }
    node.inputs().forEach(input -> found.addAll(accesses(input)));
    return found;
  }

  private static RowChange change(
      TableDef def, List<BoundAssignment> assignments, Expr[] defaults, PlanContext context) {
    List<RowChange.Assignment> compiled = new ArrayList<>();
    for (BoundAssignment assignment : assignments) {
      Expr value =
          assignment.value() != null
              ? expression(assignment.value(), context)
              : defaultOf(def, assignment.column(), defaults);
      compiled.add(new RowChange.Assignment(assignment.column(), value));
    }
    return new RowChange(def, compiled);
  }

  private static Expr defaultOf(TableDef def, int column, Expr[] defaults) {
    if (defaults[column] != null) {
      return defaults[column];
    }
    if (!def.columns().get(column).nullable()) {
      throw SqlError.NO_DEFAULT_FOR_FIELD.with(def.columns().get(column).name());
    }
    return (row, execution) -> null;
  }

  private StatementPlan update(BoundUpdate update, PlanContext context, long catalogVersion) {
    requireStored(update.table());
    TableDef def = update.table().def();
    int ordinal = context.ordinal(def);
    RowChange change =
        change(def, update.assignments(), expressions(update.defaults(), context), context);
    context.lock(ReadMode.FOR_UPDATE);
    PlanNode source = QueryPlanner.changes(context, update.source());
    return new UpdatePlan(
        basis(update, context, catalogVersion),
        def,
        ordinal,
        source,
        change,
        update.ignore(),
        moves(source, change, def));
  }

  /** Whether a changed row may be met again by the scan that found it. */
  private static boolean moves(PlanNode source, RowChange change, TableDef def) {
    if (source instanceof SortNode || source instanceof ScanNode scan && scan.access().point()) {
      return false;
    }
    List<Integer> read = new ArrayList<>();
    def.primary().columns().stream().map(IndexColumn::column).forEach(read::add);
    for (TableAccess access : accesses(source)) {
      access.index().columns().stream().map(IndexColumn::column).forEach(read::add);
    }
    return change.touches(read) || change.stamps(read);
  }

  private StatementPlan delete(BoundDelete delete, PlanContext context, long catalogVersion) {
    requireStored(delete.table());
    int ordinal = context.ordinal(delete.table().def());
    context.lock(ReadMode.FOR_UPDATE);
    PlanNode source = QueryPlanner.changes(context, delete.source());
    return new DeletePlan(basis(delete, context, catalogVersion), ordinal, source);
  }
}
