package io.polarj.sql.exec;

import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.Limits;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.RowSource;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.List;

/**
 * A query. {@code counted} (may be null): the limits of a SELECT SQL_CALC_FOUND_ROWS, whose node
 * gives all rows.
 */
record QueryPlan(
    Basis basis, PlanNode node, List<ResultColumn> columns, boolean writes, CountedLimits counted)
    implements StatementPlan {
  /** Limits that are applied while all rows are counted. */
  record CountedLimits(Limits limits) {}

  @Override
  public void run(Execution execution, ResultSink sink) {
    try (RowSource rows = node.open(execution)) {
      // The first row comes before the columns: most errors then reach the client in place of a
      // result, not in the middle of one.
      Object[] row = rows.next();
      sink.columns(columns);
      long found = counted == null ? all(row, rows, sink) : limited(row, rows, execution, sink);
      execution.session().foundRows(found);
    }
    sink.end();
  }

  private static long all(Object[] first, RowSource rows, ResultSink sink) {
    long count = 0;
    for (Object[] row = first; row != null; row = rows.next()) {
      sink.row(row);
      count++;
    }
    return count;
  }

  private long limited(Object[] first, RowSource rows, Execution execution, ResultSink sink) {
    long skipped = counted.limits().skippedRows(execution);
    long limit = counted.limits().limitRows(execution);
    long count = 0;
    long sent = 0;
    for (Object[] row = first; row != null; row = rows.next()) {
      if (count++ >= skipped && sent < limit) {
        sink.row(row);
        sent++;
      }
    }
    return count;
  }
}
