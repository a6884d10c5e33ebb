package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;

/** Whether values of one type can stand for those of another as they are. */
final class ColumnAlignment {
  private ColumnAlignment() {}

  static boolean sameClass(ColumnType from, ColumnType to) {
    if (MySqlTypes.isInteger(to)) {
      return MySqlTypes.isInteger(from)
          && MySqlTypes.isUnsigned64(from) == MySqlTypes.isUnsigned64(to);
    }
    if (MySqlTypes.isString(to)) {
      return MySqlTypes.isString(from) && MySqlTypes.isBinary(from) == MySqlTypes.isBinary(to);
    }
    return from.kind() == to.kind()
        && (to.kind() != TypeKind.DECIMAL || from.scale() == to.scale());
  }
}
