package io.polarj.sql.bind;

import org.apache.calcite.sql.SqlWithItem;

/** The WITH tables that can be named at a place; a linked list, the newest first. */
record CommonTables(SqlWithItem table, CommonTables previous) {
  /** A table and those that its own query can name. */
  record Entry(SqlWithItem table, CommonTables visible) {}

  static final CommonTables NONE = new CommonTables(null, null);

  CommonTables plus(SqlWithItem added) {
    return new CommonTables(added, this);
  }

  Entry find(String name) {
    for (CommonTables node = this; node != null && node.table != null; node = node.previous) {
      if (node.table.name.getSimple().equalsIgnoreCase(name)) {
        return new Entry(node.table, node.previous);
      }
    }
    return null;
  }
}
