package io.polarj.sql.bind;

import com.google.common.collect.ImmutableSet;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.FromItem;
import io.polarj.sql.ast.OrderItem;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;

/** Binds INSERT, UPDATE and DELETE. One use. */
final class DmlBinder {
  private final BindSession bind;
  private final QueryBinder queries;

  DmlBinder(BindSession bind, QueryBinder queries) {
    this.bind = bind;
    this.queries = queries;
  }

  BoundInsert insert(Statement.Insert statement) {
    PolarTable table = writable(bind.table(statement.table()));
    TableDef def = table.def();
    List<Integer> targets = targets(def, statement.columns());
    List<List<RexNode>> rows = null;
    RelNode source = null;
    if (statement.rows() != null) {
      rows = rows(statement, def, targets);
    } else {
      QueryResult result = queries.bindTrimmed(statement.source(), null);
      if (result.fields().size() != targets.size()) {
        throw SqlError.WRONG_VALUE_COUNT_ON_ROW.with(1);
      }
      source = result.rel();
    }
    List<BoundAssignment> onDuplicate = onDuplicate(statement, table);
    return new BoundInsert(
        statement.mode(),
        table,
        targets,
        rows,
        source,
        defaults(def),
        onDuplicate,
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  private static PolarTable writable(PolarTable table) {
    if (table.virtual()) {
      throw SqlError.DBACCESS_DENIED.with("", "", table.def().schema());
    }
    return table;
  }

  private static List<Integer> targets(TableDef def, List<String> names) {
    List<Integer> targets = new ArrayList<>();
    if (names.isEmpty()) {
      for (int i = 0; i < def.columns().size(); i++) {
        targets.add(i);
      }
      return targets;
    }
    Set<Integer> seen = new TreeSet<>();
    for (String name : names) {
      int column = def.column(name);
      if (column < 0) {
        throw SqlError.BAD_FIELD.with(name, "field list");
      }
      if (!seen.add(column)) {
        throw SqlError.FIELD_SPECIFIED_TWICE.with(name);
      }
      targets.add(column);
    }
    return targets;
  }

  private List<List<RexNode>> rows(
      Statement.Insert statement, TableDef def, List<Integer> targets) {
    RowScope scope = new RowScope(bind, null, null, null, null);
    ExpressionBinder binder =
        new ExpressionBinder(
            bind, queries, scope, "field list", defaultsHook(def), Map.of(), false);
    List<List<RexNode>> rows = new ArrayList<>(statement.rows().size());
    for (List<Expression> row : statement.rows()) {
      // VALUES () means all defaults.
      boolean empty = row.isEmpty() && statement.columns().isEmpty();
      if (!empty && row.size() != targets.size()) {
        throw SqlError.WRONG_VALUE_COUNT_ON_ROW.with(rows.size() + 1);
      }
      List<RexNode> bound = new ArrayList<>(targets.size());
      for (int i = 0; i < targets.size(); i++) {
        bound.add(empty ? null : value(row.get(i), binder));
      }
      rows.add(bound);
    }
    return rows;
  }

  private static RexNode value(Expression expression, ExpressionBinder binder) {
    return expression instanceof Expression.Default deflt && deflt.column() == null
        ? null
        : binder.bind(expression);
  }

  private ExpressionBinder.Hook defaultsHook(TableDef def) {
    return expression -> {
      if (expression instanceof Expression.Default deflt && deflt.column() != null) {
        int column = def.column(deflt.column().name());
        if (column < 0) {
          throw SqlError.BAD_FIELD.with(deflt.column().toString(), "field list");
        }
        RexNode value = defaultOf(def.columns().get(column));
        if (value == null) {
          throw SqlError.NO_DEFAULT_FOR_FIELD.with(def.columns().get(column).name());
        }
        return value;
      }
      return null;
    };
  }

  private List<RexNode> defaults(TableDef def) {
    List<RexNode> defaults = new ArrayList<>(def.columns().size());
    for (ColumnDef column : def.columns()) {
      defaults.add(defaultOf(column));
    }
    return defaults;
  }

  private RexNode defaultOf(ColumnDef column) {
    if (column.defaultSql() == null) {
      return column.nullable() ? bind.rex.constant(null) : null;
    }
    RowScope scope = new RowScope(bind, null, null, null, null);
    return new ExpressionBinder(bind, queries, scope, "field list")
        .bind(MySqlParser.parseExpression(column.defaultSql()));
  }

  private List<BoundAssignment> onDuplicate(Statement.Insert statement, PolarTable table) {
    if (statement.onDuplicate().isEmpty()) {
      return List.of();
    }
    TableDef def = table.def();
    int columns = def.columns().size();
    FromBinder binder = new FromBinder(bind, queries, null);
    FromResult existing = binder.scan(table, def.name());
    List<Source> sources = new ArrayList<>(existing.sources());
    Set<Integer> hidden = new TreeSet<>();
    if (statement.rowAlias() != null) {
      sources.add(binder.scan(table, statement.rowAlias()).sources().get(0).shifted(columns));
    }
    for (int i = 0; i < columns; i++) {
      hidden.add(columns + i);
    }
    FromResult both =
        new FromResult(
            existing.rel(), sources, existing.star(), hidden, new HashMap<>(), List.of());
    RowScope scope = new RowScope(bind, null, both, bothRows(table), null);
    ExpressionBinder.Hook defaults = defaultsHook(def);
    ExpressionBinder.Hook hook =
        expression -> {
          if (expression instanceof Expression.InsertedValue inserted) {
            int column = def.column(inserted.column().name());
            if (column < 0) {
              throw SqlError.BAD_FIELD.with(inserted.column().toString(), "field list");
            }
            return bind.rex.makeInputRef(
                scope.rowType().getFieldList().get(columns + column).getType(), columns + column);
          }
          return defaults.bind(expression);
        };
    return assignments(
        statement.onDuplicate(),
        def,
        scope,
        new ExpressionBinder(bind, queries, scope, "field list", hook, Map.of(), false));
  }

  private org.apache.calcite.rel.type.RelDataType bothRows(PolarTable table) {
    var builder = bind.types.builder();
    for (int half = 0; half < 2; half++) {
      for (ColumnDef column : table.def().columns()) {
        builder.add(
            (half == 0 ? "" : "new.") + column.name(),
            MySqlTypes.of(column.type(), half == 1 || column.nullable()));
      }
    }
    return builder.build();
  }

  private static List<BoundAssignment> assignments(
      List<Statement.Assignment> written, TableDef def, RowScope scope, ExpressionBinder binder) {
    List<BoundAssignment> bound = new ArrayList<>();
    for (Statement.Assignment assignment : written) {
      int column = scope.find(assignment.target(), "field list");
      if (column < 0 || column >= def.columns().size()) {
        throw SqlError.BAD_FIELD.with(assignment.target().toString(), "field list");
      }
      bound.add(new BoundAssignment(column, value(assignment.value(), binder)));
    }
    return bound;
  }

  BoundUpdate update(Statement.Update statement) {
    FromItem.Table item = single(statement.table(), "UPDATE");
    Target target = target(item);
    RelNode source = rows(target, statement.where(), statement.orderBy(), statement.limit());
    RowScope scope = RowScope.over(bind, null, target.from());
    TableDef def = target.table().def();
    ExpressionBinder binder =
        new ExpressionBinder(
            bind, queries, scope, "field list", defaultsHook(def), Map.of(), false);
    List<BoundAssignment> assignments = assignments(statement.assignments(), def, scope, binder);
    if (!scope.correlations().isEmpty()) {
      throw SqlError.NOT_SUPPORTED_YET.with("correlated subquery in SET");
    }
    return new BoundUpdate(
        statement.ignore(),
        target.table(),
        source,
        assignments,
        defaults(def),
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  BoundDelete delete(Statement.Delete statement) {
    FromItem.Table item = single(statement.from(), "DELETE");
    if (statement.targets().size() != 1) {
      throw SqlError.NOT_SUPPORTED_YET.with("multi-table DELETE");
    }
    Target target = target(item);
    RelNode source = rows(target, statement.where(), statement.orderBy(), statement.limit());
    return new BoundDelete(
        statement.ignore(),
        target.table(),
        source,
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  private static FromItem.Table single(FromItem from, String what) {
    if (from instanceof FromItem.Table table) {
      return table;
    }
    throw SqlError.NOT_SUPPORTED_YET.with("multi-table " + what);
  }

  private record Target(PolarTable table, FromResult from) {}

  private Target target(FromItem.Table item) {
    PolarTable table = writable(bind.table(item.name()));
    String alias = item.alias() == null ? item.name().name() : item.alias();
    return new Target(table, new FromBinder(bind, queries, null).scan(table, alias));
  }

  private RelNode rows(Target target, Expression where, List<OrderItem> orderBy, Expression limit) {
    RelNode rel = target.from().rel();
    int columns = rel.getRowType().getFieldCount();
    RowScope scope = RowScope.over(bind, null, target.from());
    if (where != null) {
      RexNode condition =
          new ExpressionBinder(bind, queries, scope, "where clause").condition(where);
      rel = LogicalFilter.create(rel, condition, ImmutableSet.copyOf(scope.correlations()));
    }
    List<RexNode> projected = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      projected.add(bind.rex.makeInputRef(rel, i));
    }
    List<RelFieldCollation> order = new ArrayList<>();
    ExpressionBinder binder = new ExpressionBinder(bind, queries, scope, "order clause");
    for (OrderItem item : orderBy) {
      RexNode key = binder.bind(item.expression());
      int field = projected.indexOf(key);
      if (field < 0) {
        field = projected.size();
        projected.add(key);
      }
      order.add(QueryBinder.collation(field, item.descending()));
    }
    if (projected.size() == columns) {
      return queries.sort(rel, order, limit, null);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < projected.size(); i++) {
      names.add("$" + i);
    }
    RelNode wide = LogicalProject.create(rel, List.of(), projected, names, Set.of());
    RelNode sorted = queries.sort(wide, order, limit, null);
    return LogicalProject.create(
        sorted, List.of(), projected.subList(0, columns), names.subList(0, columns), Set.of());
  }
}
