package io.polarj.sql.bind;

import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Binds query expressions; SELECT itself is {@link SelectBinder}'s. */
final class QueryBinder {
  private final BindSession bind;
  private final CommonTables commonTables;

  QueryBinder(BindSession bind, CommonTables commonTables) {
    this.bind = bind;
    this.commonTables = commonTables;
  }

  CommonTables commonTables() {
    return commonTables;
  }

  QueryBinder with(CommonTables visible) {
    return new QueryBinder(bind, visible);
  }

  /** Nulls come first in ascending order and last in descending. */
  static RelFieldCollation collation(int field, boolean descending) {
    return descending
        ? new RelFieldCollation(
            field, RelFieldCollation.Direction.DESCENDING, RelFieldCollation.NullDirection.LAST)
        : new RelFieldCollation(
            field, RelFieldCollation.Direction.ASCENDING, RelFieldCollation.NullDirection.FIRST);
  }

  /** {@code top}: its order is that of the result, and fields only ORDER BY needs may remain. */
  QueryResult bind(SqlNode query, RowScope outer, boolean top) {
    return bind(query, Ordering.NONE, outer, top);
  }

  private QueryResult bind(SqlNode query, Ordering ordering, RowScope outer, boolean top) {
    return switch (query) {
      case SqlSelect select -> new SelectBinder(bind, this, outer).bind(select, ordering, top);
      case SqlOrderBy node -> ordered(node, ordering, outer, top);
      case SqlWith with -> {
        CommonTables visible = commonTables;
        for (SqlNode table : with.withList) {
          visible = visible.plus((SqlWithItem) table);
        }
        yield with(visible).bind(with.body, ordering, outer, top);
      }
      case SqlCall call when call.getOperator() == MySqlOperators.LOCKED ->
          bind(call.operand(0), ordering, outer, top);
      case SqlCall call when call.getKind() == SqlKind.VALUES -> values(call, ordering, outer);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) ->
          setOperation(call, ordering, outer, top);
      default -> throw SqlError.NOT_SUPPORTED_YET.with(query.getKind().name());
    };
  }

  /** An ordering around a parenthesis with one of its own takes its rows as a table's. */
  private QueryResult ordered(SqlOrderBy node, Ordering around, RowScope outer, boolean top) {
    Ordering own = Ordering.of(node);
    if (around == Ordering.NONE) {
      return bind(node.query, own, outer, top);
    }
    if (!own.limited() && (own.keys().isEmpty() || around.keys().isEmpty())) {
      Ordering both =
          new Ordering(
              around.keys().isEmpty() ? own.keys() : around.keys(),
              around.limit(),
              around.offset());
      return bind(node.query, both, outer, top);
    }
    SqlParserPos pos = node.getParserPosition();
    SqlNode table = SqlStdOperatorTable.AS.createCall(pos, node, new SqlIdentifier("derived", pos));
    SqlNodeList star = SqlNodeList.of(SqlIdentifier.star(pos));
    SqlSelect all =
        new SqlSelect(pos, null, star, table, null, null, null, null, null, null, null, null, null);
    return new SelectBinder(bind, this, outer).bind(all, around, top);
  }

  /** With exactly its columns as fields. */
  QueryResult bindTrimmed(SqlNode query, RowScope outer) {
    QueryResult result = bind(query, outer, false);
    int columns = result.fields().size();
    if (result.rel().getRowType().getFieldCount() == columns) {
      return result;
    }
    List<RexNode> kept = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      kept.add(bind.rex.makeInputRef(result.rel(), i));
    }
    return new QueryResult(project(result.rel(), kept, names(result.fields())), result.fields());
  }

  static List<String> names(List<Field> fields) {
    return fields.stream().map(Field::name).toList();
  }

  private static RelNode project(RelNode input, List<RexNode> expressions, List<String> names) {
    return LogicalProject.create(input, List.of(), expressions, names, java.util.Set.of());
  }

  private QueryResult setOperation(
      SqlCall operation, Ordering ordering, RowScope outer, boolean top) {
    QueryResult left = bindTrimmed(operation.operand(0), outer);
    QueryResult right = bindTrimmed(operation.operand(1), outer);
    if (left.fields().size() != right.fields().size()) {
      throw SqlError.WRONG_NUMBER_OF_COLUMNS_IN_SELECT.with();
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < left.fields().size(); i++) {
      RelDataType type =
          MySqlTypes.union(List.of(left.fields().get(i).type(), right.fields().get(i).type()));
      fields.add(Field.computed(left.fields().get(i).name(), type));
    }
    List<RelNode> inputs = List.of(aligned(left, fields), aligned(right, fields));
    boolean all = ((SqlSetOperator) operation.getOperator()).isAll();
    RelNode rel =
        switch (operation.getKind()) {
          case UNION -> LogicalUnion.create(inputs, all);
          case EXCEPT -> LogicalMinus.create(inputs, all);
          default -> LogicalIntersect.create(inputs, all);
        };
    Source source = new Source("", "", null, 0, fields);
    RowScope scope = RowScope.over(bind, outer, FromResult.of(rel, source));
    boolean sorted = top || ordering.limited();
    return new QueryResult(
        sort(rel, sorted ? ordering.keys() : List.of(), ordering, fields, scope), fields);
  }

  private RelNode aligned(QueryResult branch, List<Field> fields) {
    boolean same = true;
    List<RexNode> expressions = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      RexNode reference = bind.rex.makeInputRef(branch.rel(), i);
      boolean fits =
          ColumnAlignment.sameClass(
              MySqlTypes.columnType(reference.getType()),
              MySqlTypes.columnType(fields.get(i).type()));
      same &= fits;
      expressions.add(
          fits ? reference : bind.rex.cast(reference, MySqlTypes.columnType(fields.get(i).type())));
    }
    return same ? branch.rel() : project(branch.rel(), expressions, names(fields));
  }

  private QueryResult values(SqlCall values, Ordering ordering, RowScope outer) {
    List<RelNode> rows = new ArrayList<>();
    List<Field> fields = null;
    List<QueryResult> results = new ArrayList<>();
    for (SqlNode item : values.getOperandList()) {
      List<SqlNode> row = ((SqlCall) item).getOperandList();
      RowScope scope = new RowScope(bind, outer, null, null, null);
      List<RexNode> bound = new ExpressionBinder(bind, this, scope, "field list").bindAll(row);
      List<Field> rowFields = new ArrayList<>();
      for (int i = 0; i < bound.size(); i++) {
        rowFields.add(Field.computed("column_" + i, bound.get(i).getType()));
      }
      if (fields != null && fields.size() != rowFields.size()) {
        throw SqlError.WRONG_VALUE_COUNT_ON_ROW.with(results.size() + 1);
      }
      fields = fields == null ? rowFields : union(fields, rowFields);
      RelNode one = LogicalValues.createOneRow(bind.cluster);
      results.add(new QueryResult(project(one, bound, names(rowFields)), rowFields));
    }
    for (QueryResult result : results) {
      rows.add(aligned(result, fields));
    }
    RelNode rel = rows.size() == 1 ? rows.get(0) : LogicalUnion.create(rows, true);
    RowScope scope =
        RowScope.over(bind, outer, FromResult.of(rel, new Source("", "", null, 0, fields)));
    return new QueryResult(sort(rel, ordering.keys(), ordering, fields, scope), fields);
  }

  private static List<Field> union(List<Field> a, List<Field> b) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      RelDataType type = MySqlTypes.union(List.of(a.get(i).type(), b.get(i).type()));
      fields.add(Field.computed(a.get(i).name(), type));
    }
    return fields;
  }

  /** Sorts rows whose order expressions are fields already. */
  private RelNode sort(
      RelNode rel, List<Ordering.Key> keys, Ordering limits, List<Field> fields, RowScope scope) {
    List<RelFieldCollation> order = new ArrayList<>();
    for (Ordering.Key item : keys) {
      int field = ordinal(item.expression(), fields.size(), "order clause");
      if (field < 0 && item.expression() instanceof SqlIdentifier identifier) {
        ColumnName column = ColumnName.of(identifier);
        field = scope.find(column, "order clause");
        if (field < 0) {
          throw SqlError.BAD_FIELD.with(column.toString(), "order clause");
        }
      }
      if (field < 0) {
        throw SqlError.NOT_SUPPORTED_YET.with("ORDER BY an expression of a UNION");
      }
      order.add(collation(field, item.descending()));
    }
    return sort(rel, order, limits.limit(), limits.offset());
  }

  RelNode sort(RelNode rel, List<RelFieldCollation> order, SqlNode limit, SqlNode offset) {
    if (order.isEmpty() && limit == null) {
      return rel;
    }
    List<RelFieldCollation> distinct = new ArrayList<>();
    for (RelFieldCollation collation : order) {
      if (distinct.stream().noneMatch(c -> c.getFieldIndex() == collation.getFieldIndex())) {
        distinct.add(collation);
      }
    }
    return LogicalSort.create(
        rel, RelCollations.of(distinct), limitValue(offset), limitValue(limit));
  }

  /** A parameter or a number of rows; a number too big for a Long is no limit. */
  private RexNode limitValue(SqlNode value) {
    if (value == null) {
      return null;
    }
    if (value instanceof SqlDynamicParam parameter) {
      return bind.parameter(parameter.getIndex());
    }
    Object number = Expressions.constant((SqlLiteral) value);
    return bind.rex.constant(number instanceof Long ? number : (Object) Long.MAX_VALUE);
  }

  /** The field that an integer literal in GROUP BY or ORDER BY means, or -1. */
  static int ordinal(SqlNode expression, int columns, String clause) {
    if (!(expression instanceof SqlLiteral literal)
        || !(Expressions.constant(literal) instanceof Long number)) {
      return -1;
    }
    if (number < 1 || number > columns) {
      throw SqlError.BAD_FIELD.with(number, clause);
    }
    return (int) (number - 1);
  }
}
