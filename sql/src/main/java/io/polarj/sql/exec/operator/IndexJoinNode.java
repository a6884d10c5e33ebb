package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;
import java.util.List;

/**
 * For each row of the input, the rows of a table found by an index. Both have the join's full
 * width. {@code condition} (may be null) is on the joined row. With {@code outer}, an input row
 * without a match is kept with NULLs.
 */
public record IndexJoinNode(
    PlanNode input, TableAccess access, Expr condition, boolean outer, double estimatedRows)
    implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    RowSource left = input.open(execution);
    return new RowSource() {
      private Object[] leftRow;
      private RowSource right = RowSource.EMPTY;
      private boolean matched = true;

      @Override
      public Object[] next() {
        while (true) {
          Object[] row = right.next();
          while (row != null && condition != null && !condition.holds(row, execution)) {
            row = right.next();
          }
          if (row != null) {
            matched = true;
            return row;
          }
          right.close();
          right = RowSource.EMPTY;
          if (outer && !matched) {
            matched = true;
            return leftRow;
          }
          leftRow = left.next();
          if (leftRow == null) {
            matched = true;
            return null;
          }
          matched = false;
          right = access.open(execution, leftRow);
        }
      }

      @Override
      public void close() {
        right.close();
        left.close();
      }
    };
  }

  @Override
  public String label() {
    return "Nested loop " + (outer ? "left" : "inner") + " join: " + access.label();
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input, new ScanNode(access));
  }
}
