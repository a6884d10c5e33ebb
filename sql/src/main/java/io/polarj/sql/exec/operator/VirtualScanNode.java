package io.polarj.sql.exec.operator;

import io.polarj.sql.session.SessionContext;
import java.util.Iterator;
import java.util.function.Function;

/** Reads a table that the SQL layer computes, such as those of information_schema. */
public record VirtualScanNode(
    String table, Function<SessionContext, ? extends Iterable<Object[]>> rows, double estimatedRows)
    implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    Iterator<Object[]> iterator = rows.apply(execution.session()).iterator();
    return new RowSource() {
      @Override
      public Object[] next() {
        execution.tick();
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String label() {
    return "Computed rows of " + table;
  }
}
