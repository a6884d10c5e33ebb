package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.KeyConversion;
import io.polarj.sql.exec.operator.KeyPlan;
import io.polarj.sql.expr.Expr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Finds the cheapest way to a table's rows: the whole table, or a range of an index, with its rows
 * looked up or (when the index has all columns that are read) not.
 */
final class AccessPaths {
  private static final double DIVE_COST = 2;
  private static final double LOOKUP_COST = 1.5;
  private static final double INDEX_ENTRY_COST = 0.6;
  private static final double SORT_COST = 0.3;

  private final TableDef def;
  private final int offset;
  private final List<ColumnType> types;
  private final TableStatistics statistics;
  private final PlanContext context;
  private final Compilation compilation;

  AccessPaths(TableDef def, int offset, PlanContext context, Compilation compilation) {
    this.def = def;
    this.offset = offset;
    this.types = def.columns().stream().map(ColumnDef::type).toList();
    this.context = context;
    this.compilation = compilation;
    this.statistics = context.statistics(def);
  }

  TableStatistics statistics() {
    return statistics;
  }

  /**
   * The cheapest path. {@code known}: fields with values before the table is read (of an outer
   * row); {@code needed}: columns read above. {@code order}: columns of this table in the wanted
   * order, or empty.
   */
  AccessPath best(
      List<RexNode> conditions,
      ImmutableBitSet known,
      ImmutableBitSet needed,
      List<Request.FieldOrder> order,
      double rowsRead) {
    List<Sarg> sargs = new Sarg.Finder(offset, types, known, compilation.outer()).find(conditions);
    AccessPath best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    for (IndexDef index : def.indexes()) {
      AccessPath path = path(index, sargs, conditions, needed, order);
      double cost = total(path, order, rowsRead);
      if (cost < bestCost) {
        best = path;
        bestCost = cost;
      }
    }
    return best;
  }

  private static double total(AccessPath path, List<Request.FieldOrder> order, double rowsRead) {
    boolean stopsEarly = order.isEmpty() || path.ordered();
    double share = stopsEarly ? Math.min(1, rowsRead / Math.max(1, path.rows())) : 1;
    double sort =
        stopsEarly ? 0 : SORT_COST * path.rows() * (1 + Math.log(Math.max(2, path.rows())));
    return DIVE_COST + (path.cost() - DIVE_COST) * share + sort;
  }

  private AccessPath path(
      IndexDef index,
      List<Sarg> sargs,
      List<RexNode> conditions,
      ImmutableBitSet needed,
      List<Request.FieldOrder> order) {
    List<Sarg> equalities = new ArrayList<>();
    int next = 0;
    for (; next < index.columns().size(); next++) {
      IndexColumn part = index.columns().get(next);
      Sarg equal = equal(sargs, part.column());
      if (equal == null) {
        break;
      }
      equalities.add(equal);
      if (part.prefixLength() > 0) {
        next++;
        break;
      }
    }
    Sarg low = null;
    Sarg high = null;
    boolean notNull = false;
    boolean plainTail = equalities.isEmpty() || index.columns().get(next - 1).prefixLength() == 0;
    if (next < index.columns().size()
        && plainTail
        && index.columns().get(next).prefixLength() == 0) {
      int column = index.columns().get(next).column();
      low = first(sargs, column, Sarg.Kind.LOW);
      high = first(sargs, column, Sarg.Kind.HIGH);
      notNull = first(sargs, column, Sarg.Kind.NOT_NULL) != null;
    }
    return costed(index, equalities, low, high, notNull, conditions, sargs, needed, order);
  }

  private AccessPath costed(
      IndexDef index,
      List<Sarg> equalities,
      Sarg low,
      Sarg high,
      boolean notNull,
      List<RexNode> conditions,
      List<Sarg> sargs,
      ImmutableBitSet needed,
      List<Request.FieldOrder> order) {
    List<RexNode> rest = rest(index, conditions, sargs, equalities, low, high);
    boolean keyed = !equalities.isEmpty() || low != null || high != null || notNull;
    boolean point =
        index.unique()
            && !index.columns().isEmpty()
            && equalities.size() == index.columns().size()
            && equalities.stream().allMatch(this::one)
            && index.columns().stream().allMatch(c -> c.prefixLength() == 0);
    double scanned =
        point ? 1 : keyed ? estimate(index, equalities, low, high, notNull) : statistics.rows();
    double rows = Math.max(point ? 1 : 0.1, scanned * Conditions.selectivity(rest));
    ImmutableBitSet read = needed.union(columns(rest));
    boolean covering = index.primary() || covers(index, read);
    double perRow = index.primary() ? 1 : covering ? INDEX_ENTRY_COST : 1 + LOOKUP_COST;
    double cost = DIVE_COST * Math.max(1, dives(equalities)) + scanned * perRow;
    int direction = direction(index, equalities, order);
    return new AccessPath(
        index,
        equalities,
        low,
        high,
        notNull,
        point,
        direction < 0,
        covering,
        direction != 0 || point,
        rest,
        scanned,
        rows,
        cost);
  }

  /** Whether the column surely has one value only. */
  private boolean one(Sarg sarg) {
    return sarg.kind() == Sarg.Kind.EQUAL
        && sarg.values().size() == 1
        && !KeyConversion.adapted(types.get(sarg.column()), Sarg.type(sarg.values().get(0)));
  }

  private static double dives(List<Sarg> equalities) {
    double dives = 1;
    for (Sarg sarg : equalities) {
      dives *= Math.max(1, sarg.values().size());
    }
    return dives;
  }

  private ImmutableBitSet columns(List<RexNode> conditions) {
    ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
    for (int field : References.fields(conditions, compilation.outer())) {
      if (field >= offset && field < offset + types.size()) {
        columns.set(field - offset);
      }
    }
    return columns.build();
  }

  private boolean covers(IndexDef index, ImmutableBitSet read) {
    ImmutableBitSet.Builder has = ImmutableBitSet.builder();
    index.columns().stream().filter(this::wholeInKey).forEach(c -> has.set(c.column()));
    def.primary().columns().stream().filter(this::wholeInKey).forEach(c -> has.set(c.column()));
    return has.build().contains(read);
  }

  /** Whether a key has the value: of characters it has what they sort by, which is less. */
  private boolean wholeInKey(IndexColumn part) {
    return part.prefixLength() == 0
        && switch (def.columns().get(part.column()).type().kind()) {
          case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, DECIMAL, BIT, YEAR -> true;
          case DATE, TIME, DATETIME, TIMESTAMP, BINARY, VARBINARY -> true;
          default -> false;
        };
  }

  private double estimate(
      IndexDef index, List<Sarg> equalities, Sarg low, Sarg high, boolean notNull) {
    if (context.parametersKnown()
        && equalities.stream().allMatch(this::constant)
        && (low == null || constant(low))
        && (high == null || constant(high))) {
      KeyPlan plan = keys(index, equalities, low, high, notNull);
      return statistics.rows(index, plan.ranges(Execution.NO_ROW, context.peek()));
    }
    double rows =
        equalities.isEmpty()
            ? statistics.rows()
            : dives(equalities) * statistics.rowsPerKey(index, equalities.size());
    double bounds = (low != null ? 0.33 : 1) * (high != null ? 0.33 : 1);
    return Math.max(1, Math.min(rows, statistics.rows()) * bounds);
  }

  private boolean constant(Sarg sarg) {
    return sarg.values().stream().allMatch(compilation::peekable);
  }

  /** Conditions that the ranges do not already answer. */
  private List<RexNode> rest(
      IndexDef index,
      List<RexNode> conditions,
      List<Sarg> sargs,
      List<Sarg> equalities,
      Sarg low,
      Sarg high) {
    Set<Sarg> used = new HashSet<>(equalities);
    used.add(low);
    used.add(high);
    List<RexNode> rest = new ArrayList<>();
    for (RexNode condition : conditions) {
      boolean answered = false;
      for (Sarg sarg : sargs) {
        if (sarg.origin() == condition) {
          answered = used.contains(sarg) && sarg.exact() && wholePart(index, sarg.column());
          if (!answered) {
            break;
          }
        }
      }
      if (!answered) {
        rest.add(condition);
      }
    }
    return rest;
  }

  private static boolean wholePart(IndexDef index, int column) {
    return index.columns().stream().anyMatch(c -> c.column() == column && c.prefixLength() == 0);
  }

  private static Sarg equal(List<Sarg> sargs, int column) {
    Sarg found = null;
    for (Sarg sarg : sargs) {
      boolean equal = sarg.kind() == Sarg.Kind.EQUAL || sarg.kind() == Sarg.Kind.NULL_SAFE_EQUAL;
      if (equal
          && sarg.column() == column
          && (found == null || sarg.values().size() < found.values().size())) {
        found = sarg;
      }
    }
    return found;
  }

  private static Sarg first(List<Sarg> sargs, int column, Sarg.Kind kind) {
    for (Sarg sarg : sargs) {
      if (sarg.column() == column && sarg.kind() == kind) {
        return sarg;
      }
    }
    return null;
  }

  /** 1 if the index gives the wanted order, -1 if backwards, 0 if not. */
  private int direction(IndexDef index, List<Sarg> equalities, List<Request.FieldOrder> order) {
    if (order.isEmpty()) {
      return 0;
    }
    List<IndexColumn> parts = new ArrayList<>(index.columns());
    if (!index.primary()) {
      parts.addAll(def.primary().columns());
    }
    int direction = 0;
    int at = 0;
    for (Request.FieldOrder wanted : order) {
      int column = wanted.field() - offset;
      if (fixed(equalities, column)) {
        continue;
      }
      while (at < parts.size()
          && parts.get(at).column() != column
          && at < index.columns().size()
          && fixed(equalities, parts.get(at).column())) {
        at++;
      }
      if (at >= parts.size()
          || parts.get(at).column() != column
          || parts.get(at).prefixLength() > 0) {
        return 0;
      }
      int wantedDirection = wanted.descending() ? -1 : 1;
      if (direction != 0 && direction != wantedDirection) {
        return 0;
      }
      direction = wantedDirection;
      at++;
    }
    return direction == 0 ? 1 : direction;
  }

  /** Whether the column has only one value in what is read. */
  private boolean fixed(List<Sarg> equalities, int column) {
    return equalities.stream()
        .anyMatch(s -> s.column() == column && (s.values().isEmpty() || one(s)));
  }

  KeyPlan keys(AccessPath path) {
    return path.keyed()
        ? keys(path.index(), path.equalities(), path.low(), path.high(), path.notNull())
        : null;
  }

  private KeyPlan keys(
      IndexDef index, List<Sarg> equalities, Sarg low, Sarg high, boolean notNull) {
    List<KeyPlan.Equality> equal = new ArrayList<>();
    for (int i = 0; i < equalities.size(); i++) {
      Sarg sarg = equalities.get(i);
      List<KeyPlan.Value> values = new ArrayList<>();
      for (RexNode value : sarg.values()) {
        values.add(value(value, sarg.column()));
      }
      if (values.isEmpty()) {
        Expr nothing = (row, execution) -> null;
        values.add(new KeyPlan.Value(nothing, types.get(sarg.column())));
      }
      equal.add(
          new KeyPlan.Equality(
              types.get(sarg.column()),
              index.columns().get(i).prefixLength(),
              values,
              sarg.kind() == Sarg.Kind.NULL_SAFE_EQUAL));
    }
    return new KeyPlan(equal, bound(low), bound(high), notNull);
  }

  private KeyPlan.Bound bound(Sarg sarg) {
    return sarg == null
        ? null
        : new KeyPlan.Bound(
            types.get(sarg.column()),
            0,
            value(sarg.values().get(0), sarg.column()),
            sarg.inclusive());
  }

  private KeyPlan.Value value(RexNode node, int column) {
    Expr expr = compilation.compile(node);
    boolean adapted = KeyConversion.adapted(types.get(column), Sarg.type(node));
    return new KeyPlan.Value(
        adapted ? KeyConversion.adapted(expr, types.get(column)) : expr, Sarg.type(node));
  }
}
