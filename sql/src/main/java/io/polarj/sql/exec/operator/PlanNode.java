package io.polarj.sql.exec.operator;

import java.util.List;

/** A physical operator. Immutable; any thread may open it. */
public interface PlanNode {
  RowSource open(Execution execution);

  /** What EXPLAIN says of it. */
  String label();

  default List<PlanNode> inputs() {
    return List.of();
  }

  /** How many rows the planner expects. */
  default double estimatedRows() {
    return inputs().isEmpty() ? 1 : inputs().get(0).estimatedRows();
  }
}
