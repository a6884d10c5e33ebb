package io.polarj.sql.exec;

import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.RowSource;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.ArrayList;
import java.util.List;

/**
 * INSERT and REPLACE. Either {@code rows} (an expression per target column, null for DEFAULT) or
 * {@code source} is given; with {@code collect} the source's rows are all read first, because it
 * reads the table that is filled.
 */
record InsertPlan(
    Basis basis,
    InsertTarget target,
    int ordinal,
    int[] targetColumns,
    List<Expr[]> rows,
    PlanNode source,
    boolean collect)
    implements StatementPlan {
  private static final Object[] NO_ROW = Execution.NO_ROW;

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public List<ResultColumn> columns() {
    return List.of();
  }

  @Override
  public void run(Execution execution, ResultSink sink) {
    int warnings = execution.session().warningCount();
    InsertRun run = new InsertRun(target, ordinal, execution, rows == null ? 1 : rows.size());
    if (rows != null) {
      insertRows(run, execution);
    } else {
      insertSource(run, execution);
    }
    run.finish();
    boolean told = source != null || rows.size() > 1;
    String info =
        told
            ? "Records: "
                + run.records()
                + "  Duplicates: "
                + run.duplicates()
                + "  Warnings: "
                + (execution.session().warningCount() - warnings)
            : "";
    sink.ok(run.affected(), run.insertId(), info);
  }

  private void insertRows(InsertRun run, Execution execution) {
    Object[] values = new Object[targetColumns.length];
    for (Expr[] expressions : rows) {
      for (int i = 0; i < values.length; i++) {
        values[i] =
            expressions[i] == null ? InsertRun.DEFAULT : expressions[i].eval(NO_ROW, execution);
      }
      run.insert(targetColumns, values);
    }
  }

  private void insertSource(InsertRun run, Execution execution) {
    try (RowSource found = source.open(execution)) {
      List<Object[]> collected = new ArrayList<>();
      for (Object[] row = found.next(); row != null; row = found.next()) {
        if (collect) {
          collected.add(row);
        } else {
          run.insert(targetColumns, row);
        }
      }
      collected.forEach(row -> run.insert(targetColumns, row));
    }
  }
}
