package io.polarj.sql.bind;

import com.google.common.collect.ImmutableSet;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.validate.ColumnName;
import io.polarj.sql.validate.Expressions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.util.ImmutableBitSet;

/** Binds one validated SELECT. One use. */
final class SelectBinder {
  private final BindSession bind;
  private final QueryBinder queries;
  private final RowScope outer;
  private FromResult from;
  private AggregateScope grouping;
  private RowScope output;
  private final List<RexNode> projected = new ArrayList<>();
  private final List<Field> fields = new ArrayList<>();

  SelectBinder(BindSession bind, QueryBinder queries, RowScope outer) {
    this.bind = bind;
    this.queries = queries;
    this.outer = outer;
  }

  QueryResult bind(SqlSelect select, boolean top) {
    Ordering ordering = Ordering.of(select);
    from =
        select.getFrom() == null
            ? null
            : new FromBinder(bind, queries, outer).bind(select.getFrom());
    RelNode rel = from == null ? LogicalValues.createOneRow(bind.cluster) : from.rel();
    if (select.getWhere() != null) {
      RowScope scope = inputScope(rel);
      rel =
          filter(
              rel, new ExpressionBinder(bind, queries, scope).condition(select.getWhere()), scope);
    }
    boolean sorted = top || ordering.limited();
    List<Ordering.Key> orderBy = sorted ? ordering.keys() : List.of();
    output = inputScope(rel);
    if (grouped(select, orderBy)) {
      group(select, rel);
    }
    ExpressionBinder binder = new ExpressionBinder(bind, queries, output, grouping);
    select.getSelectList().forEach(item -> bindItem((SqlCall) item, binder));
    RexNode having = select.getHaving() == null ? null : binder.condition(select.getHaving());
    List<RelFieldCollation> order = new ArrayList<>();
    for (Ordering.Key item : orderBy) {
      int field = orderField(item, binder);
      if (field >= 0) {
        order.add(QueryBinder.collation(field, item.descending()));
      }
    }
    rel = grouping == null ? rel : grouping.rel(rel);
    rel = having == null ? rel : filter(rel, having, output);
    rel = project(rel);
    if (select.isDistinct()) {
      rel = distinct(rel);
    }
    return new QueryResult(queries.sort(rel, order, ordering.limit(), ordering.offset()), fields);
  }

  private RowScope inputScope(RelNode rel) {
    return from == null
        ? new RowScope(bind, outer, null, rel.getRowType(), null)
        : RowScope.over(bind, outer, from);
  }

  private static RelNode filter(RelNode rel, RexNode condition, RowScope scope) {
    // Calcite wants no AND within an AND
    RexNode flat = RexUtil.flatten(rel.getCluster().getRexBuilder(), condition);
    return LogicalFilter.create(rel, flat, ImmutableSet.copyOf(scope.correlations()));
  }

  private static SqlNode expression(SqlNode item) {
    return ((SqlCall) item).operand(0);
  }

  private static boolean grouped(SqlSelect select, List<Ordering.Key> orderBy) {
    return select.getGroup() != null
        || select.getSelectList().stream().anyMatch(i -> Expressions.hasAggregate(expression(i)))
        || (select.getHaving() != null && Expressions.hasAggregate(select.getHaving()))
        || orderBy.stream().anyMatch(o -> Expressions.hasAggregate(o.expression()));
  }

  private void group(SqlSelect select, RelNode rel) {
    RowScope input = inputScope(rel);
    ExpressionBinder binder = new ExpressionBinder(bind, queries, input);
    List<RexNode> groups = new ArrayList<>();
    List<SqlNode> written = select.getGroup() == null ? List.of() : select.getGroup().getList();
    boolean rollup = written.size() == 1 && written.get(0).getKind() == SqlKind.ROLLUP;
    for (SqlNode expression : rollup ? ((SqlCall) written.get(0)).getOperandList() : written) {
      RexNode group = binder.bind(expression);
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
    grouping = new AggregateScope(bind, input, binder, groups, rollup);
    output = new RowScope(bind, outer, from, grouping.groupedType(), grouping);
  }

  private void bindItem(SqlCall item, ExpressionBinder binder) {
    SqlNode expression = item.operand(0);
    String name = ((SqlIdentifier) item.operand(1)).getSimple();
    RexNode node = binder.bind(expression);
    int field =
        expression instanceof SqlIdentifier column ? output.find(ColumnName.of(column)) : -1;
    projected.add(node);
    fields.add(
        field < 0
            ? Field.computed(name, node.getType())
            : new Field(name, node.getType(), from.field(field).origin()));
  }

  /** The field of the projection to sort by, added when it is not there; -1 for a constant. */
  private int orderField(Ordering.Key key, ExpressionBinder binder) {
    if (key.ordinal() >= 0) {
      return key.ordinal();
    }
    RexNode node = binder.bind(key.expression());
    if (node instanceof RexLiteral) {
      return -1;
    }
    int known = projected.indexOf(node);
    if (known >= 0) {
      return known;
    }
    projected.add(node);
    return projected.size() - 1;
  }

  private RelNode project(RelNode rel) {
    if (identity(rel)) {
      return rel;
    }
    List<String> names = new ArrayList<>(QueryBinder.names(fields));
    for (int i = names.size(); i < projected.size(); i++) {
      names.add("$o" + i);
    }
    return LogicalProject.create(rel, List.of(), projected, names, output.correlations());
  }

  private boolean identity(RelNode rel) {
    if (rel.getRowType().getFieldCount() != projected.size()) {
      return false;
    }
    for (int i = 0; i < projected.size(); i++) {
      if (!(projected.get(i) instanceof RexInputRef reference) || reference.getIndex() != i) {
        return false;
      }
    }
    return true;
  }

  private RelNode distinct(RelNode rel) {
    if (projected.size() > fields.size()) {
      throw SqlError.UNKNOWN.with(
          "An expression of the ORDER BY clause is not in the SELECT list; this is incompatible with"
              + " DISTINCT");
    }
    return LogicalAggregate.create(
        rel, List.of(), ImmutableBitSet.range(fields.size()), null, List.of());
  }
}
