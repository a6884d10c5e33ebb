package io.polarj.sql.bind;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.OrderItem;
import io.polarj.sql.ast.Query;
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
  QueryResult bind(Query query, RowScope outer, boolean top) {
    return switch (query) {
      case Query.Select select -> new SelectBinder(bind, this, outer).bind(select, top);
      case Query.SetOperation operation -> setOperation(operation, outer, top);
      case Query.Values values -> values(values, outer);
      case Query.With with -> {
        CommonTables visible = commonTables;
        for (Query.CommonTable table : with.tables()) {
          visible = visible.plus(table);
        }
        yield with(visible).bind(with.body(), outer, top);
      }
    };
  }

  /** With exactly its columns as fields. */
  QueryResult bindTrimmed(Query query, RowScope outer) {
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

  private QueryResult setOperation(Query.SetOperation operation, RowScope outer, boolean top) {
    QueryResult left = bindTrimmed(operation.left(), outer);
    QueryResult right = bindTrimmed(operation.right(), outer);
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
    RelNode rel =
        switch (operation.kind()) {
          case UNION -> LogicalUnion.create(inputs, operation.all());
          case EXCEPT -> LogicalMinus.create(inputs, operation.all());
          case INTERSECT -> LogicalIntersect.create(inputs, operation.all());
        };
    Source source = new Source("", "", null, 0, fields);
    RowScope scope = RowScope.over(bind, outer, FromResult.of(rel, source));
    boolean sorted = top || operation.limit() != null;
    List<OrderItem> orderBy = sorted ? operation.orderBy() : List.of();
    return new QueryResult(
        sort(rel, orderBy, operation.limit(), operation.offset(), fields, scope), fields);
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

  private QueryResult values(Query.Values values, RowScope outer) {
    List<RelNode> rows = new ArrayList<>();
    List<Field> fields = null;
    List<QueryResult> results = new ArrayList<>();
    for (List<Expression> row : values.rows()) {
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
    return new QueryResult(
        sort(rel, values.orderBy(), values.limit(), values.offset(), fields, scope), fields);
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
      RelNode rel,
      List<OrderItem> orderBy,
      Expression limit,
      Expression offset,
      List<Field> fields,
      RowScope scope) {
    List<RelFieldCollation> order = new ArrayList<>();
    for (OrderItem item : orderBy) {
      int field = ordinal(item.expression(), fields.size(), "order clause");
      if (field < 0 && item.expression() instanceof Expression.Column column) {
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
    return sort(rel, order, limit, offset);
  }

  RelNode sort(RelNode rel, List<RelFieldCollation> order, Expression limit, Expression offset) {
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

  private RexNode limitValue(Expression value) {
    return switch (value) {
      case null -> null;
      case Expression.Parameter parameter -> bind.parameter(parameter.index());
      case Expression.Literal literal -> bind.rex.constant(literal.value());
      default -> throw new IllegalArgumentException("LIMIT " + value);
    };
  }

  /** The field that an integer literal in GROUP BY or ORDER BY means, or -1. */
  static int ordinal(Expression expression, int columns, String clause) {
    if (!(expression instanceof Expression.Literal literal)
        || !(literal.value() instanceof Long number)) {
      return -1;
    }
    if (number < 1 || number > columns) {
      throw SqlError.BAD_FIELD.with(number, clause);
    }
    return (int) (number - 1);
  }
}
