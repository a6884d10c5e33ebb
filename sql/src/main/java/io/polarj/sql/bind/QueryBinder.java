package io.polarj.sql.bind;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.Expressions;
import io.polarj.sql.validate.OrderedRows;
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
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;

/** Binds query expressions; SELECT itself is {@link SelectBinder}'s. */
final class QueryBinder {
  private final BindSession bind;

  QueryBinder(BindSession bind) {
    this.bind = bind;
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
    return switch (query) {
      case OrderedRows rows -> ordered(rows, outer, top);
      case SqlSelect select -> new SelectBinder(bind, this, outer).bind(select, top);
      case SqlWith with -> bind(with.body, outer, top);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> setOperation(call, outer);
      default -> throw SqlError.NOT_SUPPORTED_YET.with(query.getKind().name());
    };
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

  private QueryResult setOperation(SqlCall operation, RowScope outer) {
    QueryResult left = bindTrimmed(operation.operand(0), outer);
    QueryResult right = bindTrimmed(operation.operand(1), outer);
    List<Field> fields =
        bind.validator.rowType(operation).getFieldList().stream()
            .map(field -> Field.computed(field.getName(), field.getType()))
            .toList();
    List<RelNode> inputs = List.of(aligned(left, fields), aligned(right, fields));
    boolean all = ((SqlSetOperator) operation.getOperator()).isAll();
    RelNode rel =
        switch (operation.getKind()) {
          case UNION -> LogicalUnion.create(inputs, all);
          case EXCEPT -> LogicalMinus.create(inputs, all);
          default -> LogicalIntersect.create(inputs, all);
        };
    return new QueryResult(rel, fields);
  }

  private QueryResult ordered(OrderedRows rows, RowScope outer, boolean top) {
    Ordering ordering = Ordering.of(rows);
    QueryResult result = bindTrimmed(rows.query(), outer);
    List<RelFieldCollation> order = new ArrayList<>();
    if (top || ordering.limited()) {
      ordering.keys().forEach(key -> order.add(collation(key.ordinal(), key.descending())));
    }
    return new QueryResult(
        sort(result.rel(), order, ordering.limit(), ordering.offset()), result.fields());
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
}
