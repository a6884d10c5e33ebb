package io.polarj.sql.exec;

import io.polarj.engine.api.Row;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.RowSource;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.List;

/** DELETE from one table; {@code source} as in {@link UpdatePlan}. */
record DeletePlan(Basis basis, int ordinal, PlanNode source) implements StatementPlan {
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
    long deleted = 0;
    try (RowSource rows = source.open(execution)) {
      for (Object[] row = rows.next(); row != null; row = rows.next()) {
        execution.table(ordinal).delete(execution.transaction(), (Row) row[row.length - 1]);
        deleted++;
      }
    }
    sink.ok(deleted, 0, "");
  }
}
