package io.polarj.sql.validate;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.validate.FromColumns.Column;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.util.Litmus;

/**
 * ONLY_FULL_GROUP_BY: outside of aggregates a grouped query names only what its groups determine.
 */
final class GroupCheck {
  private final FromColumns from;
  private final List<SqlNode> groups;
  private final Dependencies dependencies;

  /** {@code conditions}: what holds of every row of FROM. */
  GroupCheck(FromColumns from, List<SqlNode> groups, List<SqlNode> conditions) {
    this.from = from;
    this.groups = groups;
    this.dependencies = new Dependencies(from, groups, conditions);
  }

  /** {@code number}: the expression's in its {@code clause}. */
  void check(SqlNode node, int number, String clause) {
    if (node == null
        || Expressions.isAggregate(node)
        || Expressions.isQuery(node)
        || groups.stream().anyMatch(group -> group.equalsDeep(node, Litmus.IGNORE))) {
      return;
    }
    switch (node) {
      case SqlIdentifier identifier -> {
        Column column = from.find(identifier);
        if (column != null && !dependencies.determined(column)) {
          throw notGrouped(column, number, clause);
        }
      }
      case SqlCall call -> call.getOperandList().forEach(o -> check(o, number, clause));
      case SqlNodeList list -> list.forEach(o -> check(o, number, clause));
      default -> {
        // literals and parameters have no columns
      }
    }
  }

  private RuntimeException notGrouped(Column column, int number, String clause) {
    String name = column.item().schema() + "." + column.item().alias() + "." + column.name();
    String rest = "; this is incompatible with sql_mode=only_full_group_by";
    if (groups.isEmpty()) {
      return SqlError.MIX_OF_GROUP_FUNC_AND_FIELDS.with(
          "In aggregated query without GROUP BY, expression #"
              + number
              + " of "
              + clause
              + " contains nonaggregated column '"
              + name
              + "'"
              + rest);
    }
    return SqlError.WRONG_FIELD_WITH_GROUP.with(
        "Expression #"
            + number
            + " of "
            + clause
            + " is not in GROUP BY clause and contains nonaggregated column '"
            + name
            + "' which is not functionally dependent on columns in GROUP BY clause"
            + rest);
  }
}
