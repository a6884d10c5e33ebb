package io.polarj.sql.exec;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.HashJoinNode;
import io.polarj.sql.exec.operator.IndexJoinNode;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.ScanNode;
import io.polarj.sql.exec.operator.SortNode;
import io.polarj.sql.exec.operator.TableAccess;
import io.polarj.sql.exec.operator.VirtualScanNode;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.ArrayList;
import java.util.List;

/** EXPLAIN: a row per table as MySQL prints it, or (FORMAT=TREE) the operators as a tree. */
final class Explanation {
  private static final ColumnType TEXT =
      new ColumnType(TypeKind.VARCHAR, false, 1024, 0, Collation.UTF8MB4_0900_AI_CI, List.of());
  private static final ColumnType NUMBER =
      new ColumnType(TypeKind.BIGINT, false, 20, 0, Collation.BINARY, List.of());

  static final List<ResultColumn> COLUMNS =
      List.of(
          ResultColumn.of("id", NUMBER),
          ResultColumn.of("select_type", TEXT),
          ResultColumn.of("table", TEXT),
          ResultColumn.of("partitions", TEXT),
          ResultColumn.of("type", TEXT),
          ResultColumn.of("possible_keys", TEXT),
          ResultColumn.of("key", TEXT),
          ResultColumn.of("key_len", TEXT),
          ResultColumn.of("ref", TEXT),
          ResultColumn.of("rows", NUMBER),
          ResultColumn.of("filtered", ColumnType.of(TypeKind.DOUBLE)),
          ResultColumn.of("Extra", TEXT));

  private final List<Object[]> rows = new ArrayList<>();
  private final StringBuilder tree = new StringBuilder();

  private Explanation() {}

  static void send(StatementPlan plan, Statement.Explain explain, ResultSink sink) {
    if (explain.analyze()) {
      throw SqlError.NOT_SUPPORTED_YET.with("EXPLAIN ANALYZE");
    }
    PlanNode node =
        switch (plan) {
          case QueryPlan query -> query.node();
          case UpdatePlan update -> update.source();
          case DeletePlan delete -> delete.source();
          case InsertPlan insert -> insert.source();
          default -> null;
        };
    Explanation explanation = new Explanation();
    switch (explain.format()) {
      case "TRADITIONAL" -> {
        if (node != null) {
          explanation.tables(node, false);
        }
        if (explanation.rows.isEmpty()) {
          explanation.row(plan instanceof InsertPlan ? "INSERT" : "SIMPLE", "No tables used");
        }
        sink.columns(COLUMNS);
        explanation.rows.forEach(sink::row);
      }
      case "TREE" -> {
        if (node != null) {
          explanation.tree(node, 0);
        }
        sink.columns(List.of(ResultColumn.of("EXPLAIN", TEXT)));
        sink.row(new Object[] {explanation.tree.toString()});
      }
      default -> throw SqlError.NOT_SUPPORTED_YET.with("EXPLAIN FORMAT=" + explain.format());
    }
    sink.end();
  }

  private void row(String type, String extra) {
    rows.add(new Object[] {1L, type, null, null, null, null, null, null, null, null, null, extra});
  }

  private void tree(PlanNode node, int depth) {
    tree.append("    ".repeat(depth)).append("-> ").append(node.label());
    tree.append("  (rows=").append(Math.max(1, Math.round(node.estimatedRows()))).append(")\n");
    node.inputs().forEach(input -> tree(input, depth + 1));
  }

  private void tables(PlanNode node, boolean sorted) {
    switch (node) {
      case ScanNode scan -> access(scan.access(), sorted);
      case IndexJoinNode join -> {
        tables(join.inputs().get(0), sorted);
        access(join.access(), false);
      }
      case HashJoinNode join -> {
        tables(join.left(), sorted);
        int before = rows.size();
        tables(join.right(), false);
        if (rows.size() > before) {
          Object[] last = rows.get(before);
          last[11] = with((String) last[11], "Using join buffer (hash join)");
        }
      }
      case VirtualScanNode virtual ->
          rows.add(
              new Object[] {
                1L, "SIMPLE", virtual.table(), null, "ALL", null, null, null, null, null, null, null
              });
      default -> node.inputs().forEach(input -> tables(input, sorted || node instanceof SortNode));
    }
  }

  private static String with(String extra, String more) {
    return extra == null ? more : extra + "; " + more;
  }

  private void access(TableAccess access, boolean sorted) {
    IndexDef index = access.index();
    String type;
    if (access.point()) {
      type = rows.isEmpty() ? "const" : "eq_ref";
    } else if (access.keys() == null) {
      type = index.primary() ? "ALL" : "index";
    } else {
      type = access.keys().bounded() || !access.keys().single() ? "range" : "ref";
    }
    boolean keyed = access.keys() != null || !index.primary();
    String extra = access.residual() != null ? "Using where" : null;
    if (access.indexOnly() && !index.primary()) {
      extra = with(extra, "Using index");
    }
    if (access.reverse()) {
      extra = with(extra, "Backward index scan");
    }
    if (sorted) {
      extra = with(extra, "Using filesort");
    }
    rows.add(
        new Object[] {
          1L,
          "SIMPLE",
          access.def().name(),
          null,
          type,
          keyed ? index.name() : null,
          keyed ? index.name() : null,
          null,
          null,
          Math.max(1, Math.round(access.estimatedRows())),
          100.0,
          extra
        });
  }
}
