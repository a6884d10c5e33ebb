package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;
import java.util.List;

/** Rows of expressions over no row. */
public record ValuesNode(List<Expr[]> rows) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    return new RowSource() {
      private int at;

      @Override
      public Object[] next() {
        if (at == rows.size()) {
          return null;
        }
        Expr[] expressions = rows.get(at++);
        Object[] row = new Object[expressions.length];
        for (int i = 0; i < row.length; i++) {
          row[i] = expressions[i].eval(Execution.NO_ROW, execution);
        }
        return row;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String label() {
    return "Rows fetched before execution";
  }

  @Override
  public double estimatedRows() {
    return rows.size();
  }
}
