package io.polarj.sql.bind;

import org.apache.calcite.rex.RexNode;

/**
 * {@code column = value}; assignments are done from left to right and each sees the ones before.
 * {@code value} null: the column's DEFAULT.
 */
public record BoundAssignment(int column, RexNode value) {}
