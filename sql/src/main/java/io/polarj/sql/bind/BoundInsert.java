package io.polarj.sql.bind;

import io.polarj.sql.ast.Statement.InsertMode;
import io.polarj.sql.validate.PolarTable;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

/**
 * INSERT and REPLACE. Either {@code rows} (each with one expression per target column over no
 * input, null for DEFAULT) or {@code source} (fields in the order of {@code targetColumns}) is
 * given. {@code defaults} has an expression per table column, null where there is no default.
 * Expressions of {@code onDuplicate} see two rows in one: fields 0..n-1 are the row in the table,
 * n..2n-1 the row that was to be inserted.
 */
public record BoundInsert(
    InsertMode mode,
    PolarTable table,
    List<Integer> targetColumns,
    List<List<RexNode>> rows,
    RelNode source,
    List<RexNode> defaults,
    List<BoundAssignment> onDuplicate,
    int parameterCount,
    List<PolarTable> tables,
    boolean cacheable)
    implements BoundStatement {}
