package io.polarj.sql.bind;

import io.polarj.sql.validate.PolarTable;
import java.util.List;
import org.apache.calcite.rel.RelNode;

/** DELETE from one table; {@code source} gives the rows as in {@link BoundUpdate}. */
public record BoundDelete(
    boolean ignore,
    PolarTable table,
    RelNode source,
    int parameterCount,
    List<PolarTable> tables,
    boolean cacheable)
    implements BoundStatement {}
