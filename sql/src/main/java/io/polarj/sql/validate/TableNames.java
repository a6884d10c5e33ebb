package io.polarj.sql.validate;

import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;

/** Names of tables and their columns as written. */
public final class TableNames {
  private TableNames() {}

  public static TableName of(SqlIdentifier identifier) {
    return switch (identifier.names.size()) {
      case 1 -> new TableName(null, identifier.names.get(0));
      case 2 -> new TableName(identifier.names.get(0), identifier.names.get(1));
      default -> throw SqlError.PARSE.with("a table's name has two parts: " + identifier);
    };
  }

  public static List<String> simple(List<SqlNode> identifiers) {
    return identifiers.stream().map(i -> ColumnName.of((SqlIdentifier) i).name()).toList();
  }
}
