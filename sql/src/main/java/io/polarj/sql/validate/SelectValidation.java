package io.polarj.sql.validate;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.validate.FromColumns.Column;
import io.polarj.sql.validate.NameExpander.Aliases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * The clauses of one SELECT in MySQL's order and by MySQL's rules. When it is done every item of
 * the select list has a name ({@code AS}), every column its full name, and ORDER BY and GROUP BY
 * name no aliases: ORDER BY has ordinals of items in their place. One use.
 */
final class SelectValidation {
  /** A column that a subquery in the numbered item names. */
  private record Named(SqlIdentifier column, int item) {}

  private final MySqlValidator validator;
  private final SqlSelect select;
  private final SelectValidation enclosing;
  private final SqlValidatorScope scope;
  private FromColumns from;
  private String clause = "from clause";
  private final List<Named> namedBySubQueries = new ArrayList<>();
  private final List<SqlNode> items = new ArrayList<>();

  /** The items that have a name of their own, by it in lower case; and plain columns too. */
  private final Map<String, SqlNode> aliases = new HashMap<>();

  private final Map<String, SqlNode> named = new HashMap<>();

  SelectValidation(MySqlValidator validator, SqlSelect select, SelectValidation enclosing) {
    this.validator = validator;
    this.select = select;
    this.enclosing = enclosing;
    this.scope = validator.getRawSelectScope(select);
  }

  /** The type of the result's row. */
  RelDataType run() {
    if (select.getFrom() != null) {
      validator.validateFrom(select.getFrom(), scope);
      if (select instanceof OrderedRows rows) {
        return orderedRows(rows);
      }
      from = validator.columns(select.getFrom());
      from.requireDistinctAliases();
    }
    if (validator.prefersFirst(select)) {
      from = from.preferringFirst();
    }
    clause = "where clause";
    if (select.getWhere() != null) {
      select.setWhere(expand(select.getWhere(), Aliases.NONE, Map.of(), false));
    }
    namedBySubQueries.clear();
    clause = "field list";
    boolean feed = validator.isFeed(select);
    select.getSelectList().forEach(item -> item(item, !feed));
    select.setSelectList(new SqlNodeList(items, select.getSelectList().getParserPosition()));
    clause = "group statement";
    group();
    clause = "having clause";
    if (select.getHaving() != null) {
      select.setHaving(expand(select.getHaving(), Aliases.BEFORE_COLUMNS, named, true));
    }
    clause = "order clause";
    if (select.getOrderList() != null) {
      order(feed);
    }
    if (validator.onlyFullGroupBy() && from != null && grouped()) {
      checkGroups();
    }
    return rowType();
  }

  private RelDataType rowType() {
    RelDataTypeFactory.Builder type = validator.getTypeFactory().builder();
    for (SqlNode item : items) {
      type.add(name(item), validator.typeOf(expression(item)));
    }
    return type.build();
  }

  private static SqlNode expression(SqlNode item) {
    return ((SqlCall) item).operand(0);
  }

  private static String name(SqlNode item) {
    return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
  }

  // Names

  /** Whether FROM itself has that column. */
  boolean offers(SqlIdentifier id) {
    return from != null
        && from.star().stream().anyMatch(c -> c.name().equalsIgnoreCase(id.getSimple()));
  }

  /** The column's full name. */
  SqlIdentifier resolve(SqlIdentifier id, SqlValidatorScope place) {
    ColumnName name = ColumnName.of(id);
    if (from != null && name.table() == null) {
      Column merged = from.merged().get(name.name().toLowerCase(Locale.ROOT));
      if (merged != null) {
        return column(merged, id);
      }
    }
    if (name.schema() == null && (from == null || !from.sharesAliases())) {
      try {
        name = ColumnName.of(place.fullyQualify(id).identifier);
      } catch (CalciteContextException e) {
        // Calcite does not see a column of an enclosing query that USING merged, or whose table has
        // the same alias as one in here.
        if (!id.isSimple()) {
          throw SqlError.BAD_FIELD.with(name.toString(), clause);
        }
      }
    }
    return nearest(name, id);
  }

  private SqlIdentifier nearest(ColumnName name, SqlIdentifier written) {
    for (SelectValidation owner = this; owner != null; owner = owner.enclosing) {
      List<Column> found = owner.from == null ? List.of() : owner.from.candidates(name);
      if (found.size() > 1) {
        throw SqlError.NON_UNIQ.with(ColumnName.of(written).toString(), clause);
      }
      if (!found.isEmpty()) {
        SqlIdentifier full = column(found.get(0), written);
        if (owner != this) {
          owner.namedBySubQueries.add(new Named(full, owner.items.size() + 1));
        }
        return full;
      }
    }
    throw SqlError.BAD_FIELD.with(ColumnName.of(written).toString(), clause);
  }

  private SqlIdentifier column(Column column, SqlIdentifier written) {
    SqlIdentifier full = column.identifier(written.getParserPosition());
    validator.setType(full, column);
    return full;
  }

  void validateSubQuery(SqlNode query, SqlValidatorScope place) {
    validator.validateQuery(query, place, validator.getUnknownType());
  }

  SqlCall resolved(SqlCall function) {
    return validator.resolved(function);
  }

  private SqlNode expand(
      SqlNode expression, Aliases use, Map<String, SqlNode> names, boolean aggregates) {
    return expand(expression, scope, use, names, aggregates);
  }

  private SqlNode expand(
      SqlNode expression,
      SqlValidatorScope place,
      Aliases use,
      Map<String, SqlNode> names,
      boolean aggregates) {
    return expression.accept(new NameExpander(this, place, use, names, aggregates));
  }

  /** The condition of a join whose sides offer {@code columns}. */
  SqlNode joinCondition(SqlNode condition, SqlValidatorScope place, FromColumns columns) {
    FromColumns before = from;
    String within = clause;
    from = columns;
    clause = "on clause";
    SqlNode expanded = expand(condition, place, Aliases.NONE, Map.of(), false);
    from = before;
    clause = within;
    return expanded;
  }

  // The select list

  private void item(SqlNode item, boolean aggregates) {
    SqlParserPos pos = item.getParserPosition();
    if (item instanceof SqlIdentifier id && id.isStar()) {
      for (Column column : star(ColumnName.of(id))) {
        items.add(as(column(column, id), column.name(), pos));
      }
      return;
    }
    boolean plain = item instanceof SqlIdentifier;
    SqlNode written = plain ? item : expression(item);
    String name = plain ? ColumnName.of((SqlIdentifier) item).name() : name(item);
    SqlNode expanded = expand(written, Aliases.NONE, Map.of(), aggregates);
    items.add(as(expanded, name, pos));
    String key = name.toLowerCase(Locale.ROOT);
    if (!plain) {
      aliases.putIfAbsent(key, expanded);
      named.put(key, aliases.get(key));
    } else {
      named.putIfAbsent(key, expanded);
    }
  }

  private static SqlNode as(SqlNode expression, String name, SqlParserPos pos) {
    return SqlStdOperatorTable.AS.createCall(pos, expression, new SqlIdentifier(name, pos));
  }

  /** The star is the identifier's last, empty name: what stands before it is a table's. */
  private List<Column> star(ColumnName qualifier) {
    if (from == null) {
      throw SqlError.NO_TABLES_USED.with();
    }
    return qualifier.table() == null ? from.star() : from.starOf(qualifier);
  }

  // Grouping

  private void group() {
    SqlNodeList group = select.getGroup();
    if (group == null) {
      return;
    }
    if (group.size() == 1 && group.get(0).getKind() == SqlKind.ROLLUP) {
      SqlCall rollup = (SqlCall) group.get(0);
      for (int i = 0; i < rollup.operandCount(); i++) {
        rollup.setOperand(i, groupItem(rollup.operand(i)));
      }
      return;
    }
    List<SqlNode> expanded = new ArrayList<>();
    group.forEach(item -> expanded.add(groupItem(item)));
    select.setGroupBy(new SqlNodeList(expanded, group.getParserPosition()));
  }

  private SqlNode groupItem(SqlNode item) {
    int ordinal = ordinal(item, items.size(), clause);
    SqlNode expanded =
        ordinal >= 0
            ? expression(items.get(ordinal))
            : expand(item, Aliases.AFTER_COLUMNS, aliases, false);
    if (Expressions.hasAggregate(expanded)) {
      throw SqlError.INVALID_GROUP_FUNC_USE.with();
    }
    return expanded;
  }

  private boolean grouped() {
    return select.getGroup() != null
        || items.stream().anyMatch(item -> Expressions.hasAggregate(expression(item)))
        || (select.getHaving() != null && Expressions.hasAggregate(select.getHaving()))
        || (select.getOrderList() != null && Expressions.hasAggregate(select.getOrderList()));
  }

  private void checkGroups() {
    List<SqlNode> groups = new ArrayList<>();
    if (select.getGroup() != null) {
      for (SqlNode group : select.getGroup()) {
        if (group.getKind() == SqlKind.ROLLUP) {
          groups.addAll(((SqlCall) group).getOperandList());
        } else {
          groups.add(group);
        }
      }
    }
    List<SqlNode> conditions = new ArrayList<>(from.conditions());
    if (select.getWhere() != null) {
      conditions.add(select.getWhere());
    }
    GroupCheck check = new GroupCheck(from, groups, conditions);
    for (int i = 0; i < items.size(); i++) {
      check.check(expression(items.get(i)), i + 1, "SELECT list");
    }
    check.check(select.getHaving(), 1, "HAVING");
    if (select.getOrderList() != null) {
      for (int i = 0; i < select.getOrderList().size(); i++) {
        check.check(select.getOrderList().get(i), i + 1, "ORDER BY");
      }
    }
    namedBySubQueries.forEach(n -> check.check(n.column(), n.item(), "SELECT list"));
  }

  // Order

  private void order(boolean feed) {
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode item : select.getOrderList()) {
      boolean descending = item.getKind() == SqlKind.DESCENDING;
      SqlNode key = descending ? ((SqlCall) item).operand(0) : item;
      SqlNode expanded = feed ? expand(key, Aliases.NONE, Map.of(), false) : orderKey(key);
      keys.add(
          descending
              ? SqlStdOperatorTable.DESC.createCall(item.getParserPosition(), expanded)
              : expanded);
    }
    select.setOrderBy(new SqlNodeList(keys, select.getOrderList().getParserPosition()));
  }

  private SqlNode orderKey(SqlNode key) {
    if (ordinal(key, items.size(), clause) >= 0) {
      return key;
    }
    if (key instanceof SqlIdentifier id && id.isSimple()) {
      for (int i = 0; i < items.size(); i++) {
        SqlNode item = items.get(i);
        boolean nameable = named.containsKey(id.getSimple().toLowerCase(Locale.ROOT));
        if (nameable && name(item).equalsIgnoreCase(id.getSimple())) {
          return SqlLiteral.createExactNumeric(String.valueOf(i + 1), key.getParserPosition());
        }
      }
    }
    return expand(key, Aliases.BEFORE_COLUMNS, named, true);
  }

  private RelDataType orderedRows(OrderedRows rows) {
    RelDataType type = validator.getNamespace(rows.query()).getRowType();
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode item : rows.getOrderList()) {
      boolean descending = item.getKind() == SqlKind.DESCENDING;
      SqlNode key = descending ? ((SqlCall) item).operand(0) : item;
      SqlNode number = rowsKey(key, type);
      keys.add(
          descending
              ? SqlStdOperatorTable.DESC.createCall(item.getParserPosition(), number)
              : number);
    }
    rows.setOrderBy(new SqlNodeList(keys, rows.getOrderList().getParserPosition()));
    return type;
  }

  private static SqlNode rowsKey(SqlNode key, RelDataType type) {
    String clause = "order clause";
    if (ordinal(key, type.getFieldCount(), clause) >= 0) {
      return key;
    }
    if (!(key instanceof SqlIdentifier id)) {
      throw SqlError.NOT_SUPPORTED_YET.with("ORDER BY an expression of a UNION");
    }
    String name = ColumnName.of(id).toString();
    int found = -1;
    for (int i = 0; i < type.getFieldCount(); i++) {
      if (type.getFieldNames().get(i).equalsIgnoreCase(name)) {
        if (found >= 0) {
          throw SqlError.NON_UNIQ.with(name, clause);
        }
        found = i;
      }
    }
    if (found < 0) {
      throw SqlError.BAD_FIELD.with(name, clause);
    }
    return SqlLiteral.createExactNumeric(String.valueOf(found + 1), key.getParserPosition());
  }

  /** The item that an integer literal in GROUP BY or ORDER BY means, or -1. */
  private static int ordinal(SqlNode expression, int columns, String clause) {
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
