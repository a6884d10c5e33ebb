package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Binds FROM. */
final class FromBinder {
  private final BindSession bind;
  private final QueryBinder queries;
  private final RowScope outer;

  FromBinder(BindSession bind, QueryBinder queries, RowScope outer) {
    this.bind = bind;
    this.queries = queries;
    this.outer = outer;
  }

  FromResult bind(SqlNode item) {
    FromResult result = bindItem(item);
    checkAliases(result);
    return result;
  }

  private static void checkAliases(FromResult result) {
    Set<String> seen = new TreeSet<>();
    for (Source source : result.sources()) {
      if (!seen.add(source.schema() + "." + source.alias())) {
        throw SqlError.NONUNIQ_TABLE.with(source.alias());
      }
    }
  }

  private FromResult bindItem(SqlNode item) {
    if (item instanceof SqlJoin join) {
      return join(join);
    }
    if (item instanceof SqlIdentifier table) {
      return table(TableNames.of(table), null);
    }
    if (item.getKind() != SqlKind.AS) {
      throw SqlError.UNKNOWN.with("Every derived table must have its own alias");
    }
    List<SqlNode> operands = ((SqlCall) item).getOperandList();
    String alias = ((SqlIdentifier) operands.get(1)).getSimple();
    List<String> columns = TableNames.simple(operands.subList(2, operands.size()));
    SqlNode named = operands.get(0);
    if (named instanceof SqlIdentifier table && columns.isEmpty()) {
      return table(TableNames.of(table), alias);
    }
    if (!Expressions.isQuery(named)) {
      throw SqlError.NOT_SUPPORTED_YET.with("an alias of a join, or of a table's columns");
    }
    return derived(named, alias, columns, null);
  }

  private FromResult table(TableName name, String alias) {
    String shown = alias == null ? name.name() : alias;
    if (name.schema() == null) {
      CommonTables.Entry common = queries.commonTables().find(name.name());
      if (common != null) {
        SqlWithItem table = common.table();
        List<String> columns =
            table.columnList == null ? List.of() : TableNames.simple(table.columnList.getList());
        return derived(table.query, shown, columns, common.visible());
      }
    }
    return scan(bind.table(name), shown);
  }

  FromResult scan(PolarTable table, String alias) {
    TableDef def = table.def();
    List<Field> fields = new ArrayList<>(def.columns().size());
    for (int i = 0; i < def.columns().size(); i++) {
      ColumnDef column = def.columns().get(i);
      ResultColumn origin =
          new ResultColumn(
              def.schema(),
              alias,
              def.name(),
              column.name(),
              column.name(),
              column.type(),
              keyFlags(def, i));
      fields.add(new Field(column.name(), MySqlTypes.of(column.type(), column.nullable()), origin));
    }
    RelNode rel = LogicalTableScan.create(bind.cluster, table, List.of());
    return FromResult.of(rel, new Source(def.schema(), alias, table, 0, fields));
  }

  private static int keyFlags(TableDef def, int column) {
    int flags = def.columns().get(column).autoIncrement() ? ResultColumn.AUTO_INCREMENT : 0;
    for (IndexDef index : def.indexes()) {
      for (int i = 0; i < index.columns().size(); i++) {
        IndexColumn part = index.columns().get(i);
        if (part.column() != column) {
          continue;
        }
        if (index.primary()) {
          flags |= ResultColumn.PRIMARY_KEY;
        } else if (index.unique() && index.columns().size() == 1) {
          flags |= ResultColumn.UNIQUE_KEY;
        } else if (i == 0) {
          flags |= ResultColumn.MULTIPLE_KEY;
        }
      }
    }
    return flags;
  }

  private FromResult derived(
      SqlNode query, String alias, List<String> names, CommonTables visible) {
    QueryBinder binder = visible == null ? queries : queries.with(visible);
    QueryResult result = binder.bindTrimmed(query, null);
    if (!names.isEmpty() && names.size() != result.fields().size()) {
      throw SqlError.UNKNOWN.with(
          "In definition of view, derived table or common table expression, SELECT list and column"
              + " names list have different column counts");
    }
    List<Field> fields = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < result.fields().size(); i++) {
      Field field = result.fields().get(i);
      String name = names.isEmpty() ? field.name() : names.get(i);
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw SqlError.DUP_FIELDNAME.with(name);
      }
      ResultColumn origin = field.origin();
      fields.add(
          new Field(
              name,
              field.type(),
              new ResultColumn(
                  "",
                  alias,
                  origin.originalTable(),
                  name,
                  origin.originalName(),
                  origin.type(),
                  origin.flags())));
    }
    return FromResult.of(result.rel(), new Source("", alias, null, 0, fields));
  }

  private FromResult join(SqlJoin item) {
    FromResult left = bindItem(item.getLeft());
    FromResult right = bindItem(item.getRight());
    int shift = left.rel().getRowType().getFieldCount();
    List<Source> sources = new ArrayList<>(left.sources());
    right.sources().forEach(source -> sources.add(source.shifted(shift)));
    Set<Integer> hidden = new TreeSet<>(left.hidden());
    right.hidden().forEach(index -> hidden.add(index + shift));
    Map<String, Integer> merged = new LinkedHashMap<>(left.merged());
    right.merged().forEach((name, index) -> merged.putIfAbsent(name, index + shift));
    List<Integer> star = new ArrayList<>();
    List<RexNode> equalities = new ArrayList<>();
    List<int[]> common = common(item, left, right, shift);
    JoinRelType type =
        switch (item.getJoinType()) {
          case LEFT -> JoinRelType.LEFT;
          case RIGHT -> JoinRelType.RIGHT;
          default -> JoinRelType.INNER;
        };
    RelNode cross =
        LogicalJoin.create(
            left.rel(), right.rel(), List.of(), bind.rex.makeLiteral(true), Set.of(), type);
    Set<Integer> covered = new TreeSet<>();
    for (int[] pair : common) {
      boolean keepRight = type == JoinRelType.RIGHT;
      int kept = keepRight ? pair[1] : pair[0];
      int dropped = keepRight ? pair[0] : pair[1];
      hidden.add(dropped);
      covered.add(pair[0]);
      covered.add(pair[1]);
      star.add(kept);
      String name = nameOf(sources, kept).toLowerCase(Locale.ROOT);
      merged.put(name, kept);
      equalities.add(
          bind.rex.truth(
              SqlStdOperatorTable.EQUALS,
              bind.rex.makeInputRef(cross, pair[0]),
              bind.rex.makeInputRef(cross, pair[1])));
    }
    left.star().stream().filter(i -> !covered.contains(i)).forEach(star::add);
    right.star().stream().map(i -> i + shift).filter(i -> !covered.contains(i)).forEach(star::add);
    FromResult row = new FromResult(cross, sources, star, hidden, merged, List.of());
    RowScope scope = RowScope.over(bind, outer, row);
    RexNode condition = condition(item, scope, equalities);
    RelNode rel =
        LogicalJoin.create(
            left.rel(), right.rel(), List.of(), condition, scope.correlations(), type);
    List<RexNode> conditions = new ArrayList<>();
    if (type == JoinRelType.INNER) {
      conditions.addAll(left.conditions());
      right.conditions().forEach(c -> conditions.add(RexUtil.shift(c, shift)));
      conditions.add(condition);
    } else if (type == JoinRelType.LEFT) {
      conditions.addAll(left.conditions());
    }
    return new FromResult(rel, sources, star, hidden, merged, conditions);
  }

  private RexNode condition(SqlJoin item, RowScope scope, List<RexNode> equalities) {
    List<RexNode> all = new ArrayList<>(equalities);
    if (item.getConditionType() == JoinConditionType.ON) {
      all.add(
          new ExpressionBinder(bind, queries, scope, "on clause").condition(item.getCondition()));
    }
    return switch (all.size()) {
      case 0 -> bind.rex.makeLiteral(true);
      case 1 -> all.get(0);
      default -> bind.rex.truth(SqlStdOperatorTable.AND, all);
    };
  }

  private static String nameOf(List<Source> sources, int index) {
    for (Source source : sources) {
      int local = index - source.offset();
      if (local >= 0 && local < source.fields().size()) {
        return source.fields().get(local).name();
      }
    }
    throw new IndexOutOfBoundsException(index);
  }

  /** Pairs of fields that USING or NATURAL equate, in the row of both sides. */
  private List<int[]> common(SqlJoin item, FromResult left, FromResult right, int shift) {
    List<int[]> pairs = new ArrayList<>();
    List<String> names =
        item.getConditionType() == JoinConditionType.USING
            ? TableNames.simple(((SqlNodeList) item.getCondition()).getList())
            : null;
    if (item.isNatural()) {
      names = new ArrayList<>();
      for (int i : left.star()) {
        String name = left.field(i).name();
        if (right.star().stream().anyMatch(j -> right.field(j).name().equalsIgnoreCase(name))) {
          names.add(name);
        }
      }
    }
    if (names == null) {
      return pairs;
    }
    RowScope leftScope = RowScope.over(bind, null, left);
    RowScope rightScope = RowScope.over(bind, null, right);
    for (String name : names) {
      ColumnName column = new ColumnName(null, null, name);
      int l = leftScope.find(column, "from clause");
      int r = rightScope.find(column, "from clause");
      if (l < 0 || r < 0) {
        throw SqlError.BAD_FIELD.with(name, "from clause");
      }
      pairs.add(new int[] {l, r + shift});
    }
    return pairs;
  }
}
