package io.polarj.sql.bind;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;

/** What follows a query: ORDER BY and LIMIT; {@code limit} and {@code offset} null when absent. */
record Ordering(List<Ordering.Key> keys, SqlNode limit, SqlNode offset) {
  static final Ordering NONE = new Ordering(List.of(), null, null);

  record Key(SqlNode expression, boolean descending) {}

  static Ordering of(SqlOrderBy node) {
    return new Ordering(keys(node.orderList), node.fetch, node.offset);
  }

  static List<Key> keys(List<SqlNode> items) {
    return items.stream()
        .map(item ->
            item.getKind() == SqlKind.DESCENDING
                ? new Key(((SqlCall) item).operand(0), true)
                : new Key(item, false))
        .toList();
  }

  boolean limited() {
    return limit != null || offset != null;
  }
}
