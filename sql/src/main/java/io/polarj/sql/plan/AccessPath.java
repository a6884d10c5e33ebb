package io.polarj.sql.plan;

import io.polarj.engine.schema.IndexDef;
import java.util.List;
import org.apache.calcite.rex.RexNode;

/**
 * A way to read a table, with its cost for one outer row. {@code equalities} are conditions on the
 * index's first columns, {@code low}, {@code high} and {@code notNull} on the next (null, false:
 * none). {@code rest}: conditions still to be evaluated on each row. {@code scanned} rows are read
 * and {@code rows} of them remain.
 */
record AccessPath(
    IndexDef index,
    List<Sarg> equalities,
    Sarg low,
    Sarg high,
    boolean notNull,
    boolean point,
    boolean reverse,
    boolean indexOnly,
    boolean ordered,
    List<RexNode> rest,
    double scanned,
    double rows,
    double cost) {
  boolean keyed() {
    return !equalities.isEmpty() || low != null || high != null || notNull;
  }

  AccessPath asOrdered() {
    return new AccessPath(
        index,
        equalities,
        low,
        high,
        notNull,
        point,
        reverse,
        indexOnly,
        true,
        rest,
        scanned,
        rows,
        cost);
  }
}
