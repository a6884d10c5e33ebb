package io.polarj.sql.exec.operator;

import java.util.List;

/** LIMIT and OFFSET over rows that come in the right order. */
public record LimitNode(PlanNode input, Limits limits, double estimatedRows) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    long limit = limits.limitRows(execution);
    if (limit == 0) {
      return RowSource.EMPTY;
    }
    long offset = limits.skippedRows(execution);
    RowSource rows = input.open(execution);
    return new RowSource() {
      private long toSkip = offset;
      private long left = limit;

      @Override
      public Object[] next() {
        if (left == 0) {
          return null;
        }
        for (; toSkip > 0; toSkip--) {
          if (rows.next() == null) {
            left = 0;
            return null;
          }
        }
        left--;
        return rows.next();
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  @Override
  public String label() {
    return "Limit";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
