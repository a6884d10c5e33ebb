package io.polarj.sql.validate;

import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.sql.validate.FromColumns.Column;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/**
 * Which columns of FROM have one value per group: the grouped ones, those that a condition equates
 * to a constant or to such a column, and all of a table whose key is among them.
 */
final class Dependencies {
  private final FromColumns from;
  private final Set<Column> determined = new HashSet<>();

  Dependencies(FromColumns from, List<SqlNode> groups, List<SqlNode> conditions) {
    this.from = from;
    for (SqlNode group : groups) {
      if (group instanceof SqlIdentifier identifier && from.find(identifier) != null) {
        determined.add(from.find(identifier));
      }
    }
    int before;
    do {
      before = determined.size();
      conditions.forEach(this::equalities);
      from.items().forEach(this::keys);
    } while (determined.size() > before);
  }

  boolean determined(Column column) {
    return determined.contains(column);
  }

  private void equalities(SqlNode condition) {
    if (condition.getKind() == SqlKind.AND) {
      ((SqlCall) condition).getOperandList().forEach(this::equalities);
    } else if (condition.getKind() == SqlKind.EQUALS) {
      SqlCall call = (SqlCall) condition;
      equality(call.operand(0), call.operand(1));
      equality(call.operand(1), call.operand(0));
    }
  }

  private void equality(SqlNode left, SqlNode right) {
    Column target = left instanceof SqlIdentifier identifier ? from.find(identifier) : null;
    if (target != null && constant(right)) {
      determined.add(target);
    }
  }

  private boolean constant(SqlNode node) {
    if (node instanceof SqlIdentifier identifier) {
      Column column = from.find(identifier);
      return column == null || determined.contains(column);
    }
    return !Expressions.hasSubQuery(node) && !Expressions.hasColumn(node);
  }

  private void keys(FromColumns.Item item) {
    if (item.table() == null) {
      return;
    }
    for (IndexDef index : item.table().def().indexes()) {
      if (index.unique() && !index.columns().isEmpty() && covers(item, index)) {
        determined.addAll(FromColumns.of(item).star());
      }
    }
  }

  private boolean covers(FromColumns.Item item, IndexDef index) {
    for (IndexColumn part : index.columns()) {
      boolean nullable = item.table().def().columns().get(part.column()).nullable();
      if (nullable
          || part.prefixLength() > 0
          || !determined.contains(new Column(item, part.column()))) {
        return false;
      }
    }
    return true;
  }
}
