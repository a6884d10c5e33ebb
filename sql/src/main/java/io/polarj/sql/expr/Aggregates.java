package io.polarj.sql.expr;

import io.polarj.sql.error.SqlError;
import java.util.function.Supplier;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;

/** Accumulators for the aggregate calls of bound queries; DISTINCT is handled inside. */
public final class Aggregates {
  private Aggregates() {}

  /**
   * A maker of accumulators for the call. {@code add} is given the values of the call's {@code
   * argList} in order (none for COUNT(*)), and after them those of its collation's fields.
   */
  public static Supplier<Accumulator> accumulator(AggregateCall call, RelNode input) {
    throw SqlError.NOT_SUPPORTED_YET.with(call + " " + input);
  }
}
