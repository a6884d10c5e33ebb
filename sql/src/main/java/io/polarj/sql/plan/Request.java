package io.polarj.sql.plan;

import java.util.List;
import org.apache.calcite.rex.RexNode;

/**
 * What is asked of a plan: which fields, only rows for which the conditions hold, preferably in
 * that order, and how many rows will be read of it (infinite when all).
 */
record Request(Needs needs, List<RexNode> conditions, List<FieldOrder> order, double rowsRead) {
  /** A field of ORDER BY. */
  record FieldOrder(int field, boolean descending) {}

  static Request of(Needs needs) {
    return new Request(needs, List.of(), List.of(), Double.POSITIVE_INFINITY);
  }

  Request conditions(List<RexNode> newConditions) {
    return new Request(needs, newConditions, order, rowsRead);
  }
}
