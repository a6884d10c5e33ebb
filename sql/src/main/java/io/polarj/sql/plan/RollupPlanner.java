package io.polarj.sql.plan;

import io.polarj.sql.error.SqlError;
import org.apache.calcite.rel.core.Aggregate;

/** GROUP BY ... WITH ROLLUP: not planned yet. */
final class RollupPlanner {
  private final QueryPlanner planner;

  RollupPlanner(QueryPlanner planner) {
    this.planner = planner;
  }

  Planned plan(Aggregate aggregate) {
    throw SqlError.NOT_SUPPORTED_YET.with("WITH ROLLUP " + planner + aggregate.getGroupSets());
  }
}
