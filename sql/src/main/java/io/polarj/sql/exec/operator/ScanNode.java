package io.polarj.sql.exec.operator;

/** Reads a table. */
public record ScanNode(TableAccess access) implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    return access.open(execution, Execution.NO_ROW);
  }

  @Override
  public String label() {
    return access.label();
  }

  @Override
  public double estimatedRows() {
    return access.estimatedRows();
  }
}
