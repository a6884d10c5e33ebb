package io.polarj.sql.validate;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;

/** A column as written; {@code schema} and {@code table} are null when not given. */
public record ColumnName(String schema, String table, String name) {
  public static ColumnName of(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    int last = names.size() - 1;
    return new ColumnName(
        last > 1 ? names.get(last - 2) : null,
        last > 0 ? names.get(last - 1) : null,
        names.get(last));
  }

  @Override
  public String toString() {
    return (schema == null ? "" : schema + ".") + (table == null ? "" : table + ".") + name;
  }
}
