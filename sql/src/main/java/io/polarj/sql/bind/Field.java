package io.polarj.sql.bind;

import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.type.MySqlTypes;
import org.apache.calcite.rel.type.RelDataType;

/**
 * A column that a source offers. {@code origin} says what table and column it is of (with empty
 * names when computed).
 */
record Field(String name, RelDataType type, ResultColumn origin) {
  static Field computed(String name, RelDataType type) {
    return new Field(name, type, ResultColumn.of(name, MySqlTypes.columnType(type)));
  }
}
