package io.polarj.sql.bind;

import com.google.common.collect.ImmutableSet;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.MySqlDelete;
import io.polarj.sql.ast.MySqlInsert;
import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.ast.MySqlUpdate;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.ColumnName;
import io.polarj.sql.validate.PolarTable;
import io.polarj.sql.validate.TableNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Binds INSERT, UPDATE and DELETE. One use. */
final class DmlBinder {
  private final BindSession bind;
  private final QueryBinder queries;

  DmlBinder(BindSession bind, QueryBinder queries) {
    this.bind = bind;
    this.queries = queries;
  }

  BoundInsert insert(MySqlInsert statement) {
    PolarTable table =
        writable(bind.validator.table(TableNames.of((SqlIdentifier) statement.getTargetTable())));
    TableDef def = table.def();
    List<String> columns =
        statement.getTargetColumnList() == null
            ? List.of()
            : TableNames.simple(statement.getTargetColumnList().getList());
    List<Integer> targets = targets(def, columns);
    List<List<RexNode>> rows = null;
    RelNode source = null;
    if (statement.getSource().getKind() == SqlKind.VALUES) {
      rows = rows((SqlCall) statement.getSource(), columns.isEmpty(), def, targets);
    } else {
      QueryResult result = queries.bindTrimmed(bind.validator.query(statement.getSource()), null);
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
      SqlCall values, boolean allColumns, TableDef def, List<Integer> targets) {
    RowScope scope = new RowScope(bind, null, null, null, null);
    ExpressionBinder binder = new ExpressionBinder(bind, queries, scope, defaultsHook(def));
    List<List<RexNode>> rows = new ArrayList<>(values.operandCount());
    for (List<SqlNode> row : validated(values)) {
      // VALUES () means all defaults.
      boolean empty = row.isEmpty() && allColumns;
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

  /** The rows; values that are no literals or parameters are validated all at once. */
  private List<List<SqlNode>> validated(SqlCall values) {
    List<List<SqlNode>> rows = new ArrayList<>(values.operandCount());
    List<SqlNode> computed = new ArrayList<>();
    for (SqlNode item : values.getOperandList()) {
      List<SqlNode> row = ((SqlCall) item).getOperandList();
      row.stream().filter(value -> !plain(value)).forEach(computed::add);
      rows.add(row);
    }
    if (computed.isEmpty()) {
      return rows;
    }
    Iterator<SqlNode> validated = bind.validator.expressions(computed, null).iterator();
    return rows.stream()
        .map(row -> row.stream().map(v -> plain(v) ? v : validated.next()).toList())
        .toList();
  }

  private static boolean plain(SqlNode value) {
    return value instanceof SqlLiteral
        || value instanceof SqlDynamicParam
        || value.getKind() == SqlKind.DEFAULT;
  }

  private static RexNode value(SqlNode expression, ExpressionBinder binder) {
    return expression.getKind() == SqlKind.DEFAULT ? null : binder.bind(expression);
  }

  private ExpressionBinder.Hook defaultsHook(TableDef def) {
    return expression -> {
      if (expression instanceof SqlCall call && call.getOperator() == MySqlOperators.DEFAULT_OF) {
        int column = column(def, call.operand(0));
        RexNode value = defaultOf(def.columns().get(column));
        if (value == null) {
          throw SqlError.NO_DEFAULT_FOR_FIELD.with(def.columns().get(column).name());
        }
        return value;
      }
      return null;
    };
  }

  private static int column(TableDef def, SqlIdentifier written) {
    ColumnName name = ColumnName.of(written);
    int column = def.column(name.name());
    if (column < 0) {
      throw SqlError.BAD_FIELD.with(name.toString(), "field list");
    }
    return column;
  }

  private List<RexNode> defaults(TableDef def) {
    List<RexNode> defaults = new ArrayList<>(def.columns().size());
    for (ColumnDef column : def.columns()) {
      defaults.add(defaultOf(column));
    }
    return defaults;
  }

  /** Of the columns that are set to DEFAULT. */
  private List<RexNode> usedDefaults(TableDef def, List<BoundAssignment> assignments) {
    List<RexNode> defaults = new ArrayList<>(Collections.nCopies(def.columns().size(), null));
    for (BoundAssignment assignment : assignments) {
      if (assignment.value() == null) {
        defaults.set(assignment.column(), defaultOf(def.columns().get(assignment.column())));
      }
    }
    return defaults;
  }

  private RexNode defaultOf(ColumnDef column) {
    if (column.defaultSql() == null) {
      return column.nullable() ? bind.rex.constant(null) : null;
    }
    SqlNode written = MySqlParser.parseExpression(column.defaultSql());
    SqlNode value =
        plain(written) ? written : bind.validator.expressions(List.of(written), null).get(0);
    RowScope scope = new RowScope(bind, null, null, null, null);
    return new ExpressionBinder(bind, queries, scope).bind(value);
  }

  private List<BoundAssignment> onDuplicate(MySqlInsert statement, PolarTable table) {
    if (statement.duplicateTargets().isEmpty()) {
      return List.of();
    }
    TableDef def = table.def();
    int columns = def.columns().size();
    FromBinder binder = new FromBinder(bind, queries, null);
    FromResult existing = binder.scan(table, def.name());
    SqlNode from = statement.getTargetTable();
    List<Source> sources = new ArrayList<>(existing.sources());
    if (statement.rowAlias() != null) {
      SqlParserPos pos = SqlParserPos.ZERO;
      SqlNode inserted = SqlStdOperatorTable.AS.createCall(pos, from, statement.rowAlias());
      from = join(from, inserted);
      sources.add(
          binder.scan(table, statement.rowAlias().getSimple()).sources().get(0).shifted(columns));
    }
    FromResult both = new FromResult(existing.rel(), sources);
    RowScope scope = new RowScope(bind, null, both, bothRows(table), null);
    ExpressionBinder.Hook defaults = defaultsHook(def);
    ExpressionBinder.Hook hook =
        expression -> {
          if (expression instanceof SqlCall call
              && call.getOperator() == MySqlOperators.INSERTED_VALUE) {
            int column = column(def, call.operand(0));
            return bind.rex.makeInputRef(
                scope.rowType().getFieldList().get(columns + column).getType(), columns + column);
          }
          return defaults.bind(expression);
        };
    List<SqlNode> written = new ArrayList<>(statement.duplicateTargets());
    written.addAll(statement.duplicateValues());
    return assignments(
        bind.validator.expressions(written, from),
        def,
        scope,
        new ExpressionBinder(bind, queries, scope, hook));
  }

  private static SqlNode join(SqlNode left, SqlNode right) {
    SqlParserPos pos = SqlParserPos.ZERO;
    return new SqlJoin(
        pos,
        left,
        SqlLiteral.createBoolean(false, pos),
        JoinType.COMMA.symbol(pos),
        right,
        JoinConditionType.NONE.symbol(pos),
        null);
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

  /** {@code validated}: the assigned columns and then the values, as many. */
  private static List<BoundAssignment> assignments(
      List<SqlNode> validated, TableDef def, RowScope scope, ExpressionBinder binder) {
    List<BoundAssignment> bound = new ArrayList<>();
    int count = validated.size() / 2;
    for (int i = 0; i < count; i++) {
      ColumnName target = ColumnName.of((SqlIdentifier) validated.get(i));
      int column = scope.find(target);
      if (column < 0 || column >= def.columns().size()) {
        throw SqlError.BAD_FIELD.with(target.toString(), "field list");
      }
      bound.add(new BoundAssignment(column, value(validated.get(count + i), binder)));
    }
    return bound;
  }

  BoundUpdate update(MySqlUpdate statement) {
    List<SqlNode> written = new ArrayList<>(statement.getTargetColumnList());
    written.addAll(statement.getSourceExpressionList());
    requireOneTable(statement.getTargetTable(), "UPDATE");
    SqlSelect feed =
        bind.validator.feed(
            written,
            statement.getTargetTable(),
            statement.getCondition(),
            statement.orderBy(),
            statement.limit());
    Target target = target(feed.getFrom());
    RelNode source = rows(target, feed);
    RowScope scope = RowScope.over(bind, null, target.from());
    TableDef def = target.table().def();
    ExpressionBinder binder = new ExpressionBinder(bind, queries, scope, defaultsHook(def));
    List<SqlNode> validated =
        feed.getSelectList().stream().map(i -> ((SqlCall) i).<SqlNode>operand(0)).toList();
    List<BoundAssignment> assignments = assignments(validated, def, scope, binder);
    if (!scope.correlations().isEmpty()) {
      throw SqlError.NOT_SUPPORTED_YET.with("correlated subquery in SET");
    }
    return new BoundUpdate(
        statement.ignore(),
        target.table(),
        source,
        assignments,
        usedDefaults(def, assignments),
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  BoundDelete delete(MySqlDelete statement) {
    if (statement.targets() != 1) {
      throw SqlError.NOT_SUPPORTED_YET.with("multi-table DELETE");
    }
    requireOneTable(statement.getTargetTable(), "DELETE");
    SqlSelect feed =
        bind.validator.feed(
            List.of(),
            statement.getTargetTable(),
            statement.getCondition(),
            statement.orderBy(),
            statement.limit());
    Target target = target(feed.getFrom());
    RelNode source = rows(target, feed);
    return new BoundDelete(
        statement.ignore(),
        target.table(),
        source,
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  private record Target(PolarTable table, FromResult from) {}

  private static void requireOneTable(SqlNode written, String what) {
    SqlNode item = written.getKind() == SqlKind.AS ? ((SqlCall) written).operand(0) : written;
    if (!(item instanceof SqlIdentifier)) {
      throw SqlError.NOT_SUPPORTED_YET.with("multi-table " + what);
    }
  }

  private Target target(SqlNode item) {
    PolarTable table = bind.validator.table((SqlIdentifier) ((SqlCall) item).operand(0));
    return new Target(writable(table), new FromBinder(bind, queries, null).bind(item));
  }

  private RelNode rows(Target target, SqlSelect feed) {
    RelNode rel = target.from().rel();
    int columns = rel.getRowType().getFieldCount();
    RowScope scope = RowScope.over(bind, null, target.from());
    if (feed.getWhere() != null) {
      RexNode condition = new ExpressionBinder(bind, queries, scope).condition(feed.getWhere());
      rel = LogicalFilter.create(rel, condition, ImmutableSet.copyOf(scope.correlations()));
    }
    Ordering ordering = Ordering.of(feed);
    List<RexNode> projected = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      projected.add(bind.rex.makeInputRef(rel, i));
    }
    List<RelFieldCollation> order = new ArrayList<>();
    ExpressionBinder binder = new ExpressionBinder(bind, queries, scope);
    for (Ordering.Key item : ordering.keys()) {
      RexNode key = binder.bind(item.expression());
      int field = projected.indexOf(key);
      if (field < 0) {
        field = projected.size();
        projected.add(key);
      }
      order.add(QueryBinder.collation(field, item.descending()));
    }
    if (projected.size() == columns) {
      return queries.sort(rel, order, ordering.limit(), null);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < projected.size(); i++) {
      names.add("$" + i);
    }
    RelNode wide = LogicalProject.create(rel, List.of(), projected, names, Set.of());
    RelNode sorted = queries.sort(wide, order, ordering.limit(), null);
    return LogicalProject.create(
        sorted, List.of(), projected.subList(0, columns), names.subList(0, columns), Set.of());
  }
}
