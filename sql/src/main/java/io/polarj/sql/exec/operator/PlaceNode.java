package io.polarj.sql.exec.operator;

import java.util.List;

/** Puts rows into a wider row at an offset: an input of a join takes its place. */
public record PlaceNode(PlanNode input, int width, int offset) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    RowSource rows = input.open(execution);
    return new RowSource() {
      @Override
      public Object[] next() {
        Object[] row = rows.next();
        if (row == null) {
          return null;
        }
        Object[] placed = new Object[width];
        System.arraycopy(row, 0, placed, offset, row.length);
        return placed;
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  @Override
  public String label() {
    return "Derived";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
