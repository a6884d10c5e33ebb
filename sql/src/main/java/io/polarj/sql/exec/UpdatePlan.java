package io.polarj.sql.exec;

import io.polarj.engine.api.Row;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.PlanNode;
import io.polarj.sql.exec.operator.RowSource;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.ArrayList;
import java.util.List;

/**
 * UPDATE of one table. {@code source} gives the rows under exclusive locks, with the stored row in
 * the last place. With {@code collect}, all rows are found before the first is changed, because a
 * change could move a row to where the scan has yet to come.
 */
record UpdatePlan(
    Basis basis,
    TableDef table,
    int ordinal,
    PlanNode source,
    RowChange change,
    boolean ignore,
    boolean collect)
    implements StatementPlan {
  private static final class Counts {
    int matched;
    long changed;
  }

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
    Counts counts = new Counts();
    int warnings = execution.session().warningCount();
    try (RowSource rows = source.open(execution)) {
      if (collect) {
        List<Object[]> found = new ArrayList<>();
        for (Object[] row = rows.next(); row != null; row = rows.next()) {
          found.add(row);
        }
        found.forEach(row -> update(row, execution, counts));
      } else {
        for (Object[] row = rows.next(); row != null; row = rows.next()) {
          update(row, execution, counts);
        }
      }
    }
    sink.ok(
        execution.session().countsFoundRows() ? counts.matched : counts.changed,
        0,
        "Rows matched: "
            + counts.matched
            + "  Changed: "
            + counts.changed
            + "  Warnings: "
            + (execution.session().warningCount() - warnings));
  }

  private void update(Object[] found, Execution execution, Counts counts) {
    counts.matched++;
    Row current = (Row) found[found.length - 1];
    Object[] row = new Object[table.columns().size()];
    System.arraycopy(found, 0, row, 0, row.length);
    if (!change.apply(row, execution, counts.matched, ignore)) {
      return;
    }
    Table target = execution.table(ordinal);
    if (!ignore) {
      target.update(execution.transaction(), current, row);
      counts.changed++;
      return;
    }
    Savepoint before = execution.transaction().savepoint();
    try {
      target.update(execution.transaction(), current, row);
      counts.changed++;
    } catch (EngineException.DuplicateKey e) {
      execution.transaction().rollbackTo(before);
      execution.session().warn(SqlError.DUP_ENTRY, e.key(), table.name() + "." + e.index());
    }
  }
}
