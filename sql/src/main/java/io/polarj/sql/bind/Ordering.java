package io.polarj.sql.bind;

import io.polarj.sql.validate.Expressions;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;

/** ORDER BY and LIMIT of a validated SELECT; {@code limit} and {@code offset} null when absent. */
record Ordering(List<Ordering.Key> keys, SqlNode limit, SqlNode offset) {
  record Key(SqlNode expression, boolean descending) {
    /** The column of the select list that it is, or -1 for an expression. */
    int ordinal() {
      return expression instanceof SqlLiteral literal
              && Expressions.constant(literal) instanceof Long number
          ? (int) (number - 1)
          : -1;
    }
  }

  static Ordering of(SqlSelect select) {
    return new Ordering(
        select.getOrderList() == null ? List.of() : keys(select.getOrderList().getList()),
        select.getFetch(),
        select.getOffset());
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
