package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;
import java.util.List;

/**
 * Computes a row of each row. A field that is only handed on has its number in {@code from}, an
 * expression has -1 there.
 */
public record ProjectNode(PlanNode input, int[] from, Expr[] expressions) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    RowSource rows = input.open(execution);
    return new RowSource() {
      @Override
      public Object[] next() {
        Object[] row = rows.next();
        return row == null ? null : project(row, execution);
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  public Object[] project(Object[] row, Execution execution) {
    Object[] result = new Object[from.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = from[i] >= 0 ? row[from[i]] : expressions[i].eval(row, execution);
    }
    return result;
  }

  @Override
  public String label() {
    return "Project";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
