package io.polarj.sql.bind;

import com.google.common.collect.ImmutableSet;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.util.ImmutableBitSet;

/** Binds one SELECT. One use. */
final class SelectBinder {
  /** A column of the select list: a field of FROM (by a star), or an expression. */
  private record Item(int field, SqlNode expression, String name, boolean aliased) {}

  private final BindSession bind;
  private final QueryBinder queries;
  private final RowScope outer;
  private FromResult from;
  private List<Item> items;
  private AggregateScope grouping;
  private RowScope output;
  private final List<RexNode> projected = new ArrayList<>();
  private final List<Field> fields = new ArrayList<>();

  SelectBinder(BindSession bind, QueryBinder queries, RowScope outer) {
    this.bind = bind;
    this.queries = queries;
    this.outer = outer;
  }

  QueryResult bind(SqlSelect select, Ordering ordering, boolean top) {
    from =
        select.getFrom() == null
            ? null
            : new FromBinder(bind, queries, outer).bind(select.getFrom());
    RelNode rel = from == null ? LogicalValues.createOneRow(bind.cluster) : from.rel();
    List<RexNode> conditions = new ArrayList<>(from == null ? List.of() : from.conditions());
    if (select.getWhere() != null) {
      RowScope scope = inputScope(rel);
      RexNode condition =
          new ExpressionBinder(bind, queries, scope, "where clause").condition(select.getWhere());
      conditions.add(condition);
      rel = filter(rel, condition, scope);
    }
    items = expand(select.getSelectList());
    boolean sorted = top || ordering.limited();
    List<Ordering.Key> orderBy = sorted ? ordering.keys() : List.of();
    output = inputScope(rel);
    if (grouped(select, orderBy)) {
      group(select, rel, conditions);
    }
    bindItems();
    RexNode having = having(select.getHaving());
    List<RelFieldCollation> order = new ArrayList<>();
    for (Ordering.Key item : orderBy) {
      int field = orderField(item.expression());
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

  private List<Item> expand(List<SqlNode> written) {
    List<Item> expanded = new ArrayList<>();
    for (SqlNode item : written) {
      if (item instanceof SqlIdentifier identifier && identifier.isStar()) {
        expandStar(identifier, expanded);
      } else if (item instanceof SqlIdentifier column) {
        expanded.add(new Item(-1, column, ColumnName.of(column).name(), false));
      } else {
        SqlCall named = (SqlCall) item;
        boolean aliased = named.getKind() == SqlKind.AS;
        String name =
            aliased
                ? ((SqlIdentifier) named.operand(1)).getSimple()
                : Expressions.text(named.operand(1));
        expanded.add(new Item(-1, named.operand(0), name, aliased));
      }
    }
    return expanded;
  }

  private void expandStar(SqlIdentifier star, List<Item> expanded) {
    // The star is the identifier's last, empty name: what stands before it is a table's.
    ColumnName qualifier = ColumnName.of(star);
    if (from == null) {
      throw SqlError.NO_TABLES_USED.with();
    }
    if (qualifier.table() == null) {
      for (int field : from.star()) {
        expanded.add(new Item(field, null, from.field(field).name(), false));
      }
      return;
    }
    for (Source source : from.sources()) {
      boolean matches =
          source.alias().equals(qualifier.table())
              && (qualifier.schema() == null || qualifier.schema().equals(source.schema()));
      if (matches) {
        for (int i = 0; i < source.fields().size(); i++) {
          expanded.add(new Item(source.offset() + i, null, source.fields().get(i).name(), false));
        }
        return;
      }
    }
    String table = qualifier.schema() == null ? "" : qualifier.schema() + ".";
    throw SqlError.BAD_TABLE.with(table + qualifier.table());
  }

  private boolean grouped(SqlSelect select, List<Ordering.Key> orderBy) {
    return select.getGroup() != null
        || items.stream().anyMatch(i -> i.field() < 0 && Expressions.hasAggregate(i.expression()))
        || (select.getHaving() != null && Expressions.hasAggregate(select.getHaving()))
        || orderBy.stream().anyMatch(o -> Expressions.hasAggregate(o.expression()));
  }

  private void group(SqlSelect select, RelNode rel, List<RexNode> conditions) {
    RowScope input = inputScope(rel);
    ExpressionBinder binder =
        new ExpressionBinder(bind, queries, input, "group statement", null, aliases(false), false);
    List<RexNode> groups = new ArrayList<>();
    List<SqlNode> written = select.getGroup() == null ? List.of() : select.getGroup().getList();
    boolean rollup = written.size() == 1 && written.get(0).getKind() == SqlKind.ROLLUP;
    for (SqlNode expression : rollup ? ((SqlCall) written.get(0)).getOperandList() : written) {
      RexNode group = groupExpression(expression, binder, input);
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
    ExpressionBinder inputBinder = new ExpressionBinder(bind, queries, input, "field list");
    Dependencies dependencies = from == null ? null : new Dependencies(from, groups, conditions);
    grouping = new AggregateScope(bind, from, input, inputBinder, groups, rollup, dependencies);
    output = new RowScope(bind, outer, from, grouping.groupedType(), grouping);
  }

  private RexNode groupExpression(SqlNode expression, ExpressionBinder binder, RowScope input) {
    int ordinal = QueryBinder.ordinal(expression, items.size(), "group statement");
    if (ordinal < 0) {
      return binder.bind(expression);
    }
    Item item = items.get(ordinal);
    return item.field() >= 0
        ? bind.rex.makeInputRef(
            input.rowType().getFieldList().get(item.field()).getType(), item.field())
        : binder.bind(item.expression());
  }

  /** What names of the select list stand for; {@code columns}: plain columns too. */
  private Map<String, SqlNode> aliases(boolean columns) {
    Map<String, SqlNode> aliases = new HashMap<>();
    for (Item item : items) {
      if (item.aliased()) {
        aliases.putIfAbsent(item.name().toLowerCase(Locale.ROOT), item.expression());
      }
    }
    if (columns) {
      for (Item item : items) {
        if (item.expression() instanceof SqlIdentifier && !item.aliased()) {
          aliases.putIfAbsent(item.name().toLowerCase(Locale.ROOT), item.expression());
        }
      }
    }
    return aliases;
  }

  private ExpressionBinder outputBinder(String clause, Map<String, SqlNode> aliases) {
    return new ExpressionBinder(bind, queries, output, clause, grouping, aliases, true);
  }

  private void bindItems() {
    ExpressionBinder binder = outputBinder("field list", Map.of());
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      if (grouping != null) {
        grouping.item(i + 1);
      }
      RexNode node;
      Field origin = null;
      if (item.field() >= 0) {
        origin = from.field(item.field());
        ColumnName column = new ColumnName(null, null, item.name());
        node =
            grouping == null
                ? bind.rex.makeInputRef(
                    output.rowType().getFieldList().get(item.field()).getType(), item.field())
                : grouping.map(item.field(), column);
      } else {
        node = binder.bind(item.expression());
        if (item.expression() instanceof SqlIdentifier column && from != null) {
          int field = output.find(ColumnName.of(column), "field list");
          origin = field < 0 ? null : from.field(field);
        }
      }
      projected.add(node);
      fields.add(
          origin == null
              ? Field.computed(item.name(), node.getType())
              : new Field(item.name(), node.getType(), origin.origin()));
    }
  }

  private RexNode having(SqlNode having) {
    return having == null ? null : outputBinder("having clause", aliases(true)).condition(having);
  }

  /** The field of the projection to sort by, added when it is not there; -1 for a constant. */
  private int orderField(SqlNode expression) {
    int ordinal = QueryBinder.ordinal(expression, items.size(), "order clause");
    if (ordinal >= 0) {
      return ordinal;
    }
    if (expression instanceof SqlIdentifier column && column.isSimple()) {
      for (int i = 0; i < items.size(); i++) {
        Item item = items.get(i);
        if (item.name().equalsIgnoreCase(column.getSimple())
            && (item.aliased() || item.expression() instanceof SqlIdentifier)) {
          return i;
        }
      }
    }
    RexNode node = outputBinder("order clause", aliases(true)).bind(expression);
    if (node instanceof org.apache.calcite.rex.RexLiteral) {
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
