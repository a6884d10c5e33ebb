package io.polarj.sql.bind;

import io.polarj.sql.validate.PolarTable;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

/**
 * UPDATE of one table. {@code source} gives the rows to change: all columns of the table in their
 * order (scan, filter, sort with limit). Assignments are over those columns; {@code defaults} has
 * an expression for each column that is set to DEFAULT and has one.
 */
public record BoundUpdate(
    boolean ignore,
    PolarTable table,
    RelNode source,
    List<BoundAssignment> assignments,
    List<RexNode> defaults,
    int parameterCount,
    List<PolarTable> tables,
    boolean cacheable)
    implements BoundStatement {}
