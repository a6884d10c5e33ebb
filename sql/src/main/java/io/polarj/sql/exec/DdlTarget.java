package io.polarj.sql.exec;

import io.polarj.sql.ast.Statement;

/** The table that a DDL statement is about, for its errors. */
final class DdlTarget {
  private DdlTarget() {}

  static String name(Statement.Ddl ddl) {
    return switch (ddl) {
      case Statement.CreateIndex create -> create.table().name();
      case Statement.AlterTable alter -> alter.table().name();
      default -> "";
    };
  }
}
