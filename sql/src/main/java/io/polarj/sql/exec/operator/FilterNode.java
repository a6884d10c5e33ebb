package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;
import java.util.List;

/** Rows for which a condition holds. */
public record FilterNode(PlanNode input, Expr condition, double estimatedRows) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    RowSource rows = input.open(execution);
    return new RowSource() {
      @Override
      public Object[] next() {
        Object[] row = rows.next();
        while (row != null && !condition.holds(row, execution)) {
          execution.tick();
          row = rows.next();
        }
        return row;
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  @Override
  public String label() {
    return "Filter";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
