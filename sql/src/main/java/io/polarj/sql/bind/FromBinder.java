package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.PolarTable;
import io.polarj.sql.validate.TableNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWithItem;

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
    if (item instanceof SqlJoin join) {
      return join(join);
    }
    List<SqlNode> operands = ((SqlCall) item).getOperandList();
    String alias = ((SqlIdentifier) operands.get(1)).getSimple();
    if (!(operands.get(0) instanceof SqlIdentifier name)) {
      return derived(operands.get(0), alias, operands.subList(2, operands.size()));
    }
    PolarTable table = bind.validator.table(name);
    if (table != null) {
      return scan(table, alias);
    }
    SqlWithItem common = bind.validator.commonTable(name);
    return derived(common.query, alias, common.columnList == null ? List.of() : common.columnList);
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
    return FromResult.of(rel, new Source(def.schema(), alias, 0, fields));
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

  private FromResult derived(SqlNode query, String alias, List<SqlNode> columns) {
    QueryResult result = queries.bindTrimmed(query, null);
    List<String> names = TableNames.simple(columns);
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < result.fields().size(); i++) {
      Field field = result.fields().get(i);
      String name = names.isEmpty() ? field.name() : names.get(i);
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
    return FromResult.of(result.rel(), new Source("", alias, 0, fields));
  }

  private FromResult join(SqlJoin item) {
    FromResult left = bind(item.getLeft());
    FromResult right = bind(item.getRight());
    JoinRelType type =
        switch (item.getJoinType()) {
          case LEFT -> JoinRelType.LEFT;
          case RIGHT -> JoinRelType.RIGHT;
          default -> JoinRelType.INNER;
        };
    RexNode always = bind.rex.makeLiteral(true);
    RelNode cross = LogicalJoin.create(left.rel(), right.rel(), List.of(), always, Set.of(), type);
    FromResult row = left.with(cross, right);
    if (item.getCondition() == null) {
      return row;
    }
    RowScope scope = RowScope.over(bind, outer, row);
    RexNode condition = new ExpressionBinder(bind, queries, scope).condition(item.getCondition());
    return new FromResult(
        LogicalJoin.create(
            left.rel(), right.rel(), List.of(), condition, scope.correlations(), type),
        row.sources());
  }
}
