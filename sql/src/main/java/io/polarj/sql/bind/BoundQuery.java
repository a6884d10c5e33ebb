package io.polarj.sql.bind;

import io.polarj.sql.ast.LockClause;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.validate.PolarTable;
import java.util.List;
import org.apache.calcite.rel.RelNode;

/**
 * A query. {@code rel}'s first {@code columns.size()} fields are the result; more may follow that
 * only ORDER BY needs. It is made of LogicalTableScan (over {@link PolarTable}), Filter, Project,
 * Join, Aggregate, Sort, Union/Minus/Intersect, Values; subqueries are {@code RexSubQuery} and
 * outer columns {@code RexFieldAccess} of a {@code RexCorrelVariable}. {@code lock} null: none.
 */
public record BoundQuery(
    RelNode rel,
    List<ResultColumn> columns,
    LockClause lock,
    boolean calcFoundRows,
    int parameterCount,
    List<PolarTable> tables,
    boolean cacheable)
    implements BoundStatement {}
