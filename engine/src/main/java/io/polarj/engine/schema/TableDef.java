package io.polarj.engine.schema;

import java.util.List;
import java.util.Map;

/**
 * A table's definition; immutable, a change makes a new one with a higher {@code version}. {@code
 * id} is unique in the engine, 0 before creation. {@code options}: ENGINE, CHARSET, COMMENT and so
 * on as they were given.
 */
public record TableDef(
    long id,
    long version,
    String schema,
    String name,
    List<ColumnDef> columns,
    List<IndexDef> indexes,
    Map<String, String> options) {
  public TableDef {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    options = Map.copyOf(options);
  }

  public IndexDef primary() {
    return indexes.get(0);
  }

  /** The ordinal of the column of that name (case-insensitive), or -1. */
  public int column(String columnName) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(columnName)) {
        return i;
      }
    }
    return -1;
  }
}
