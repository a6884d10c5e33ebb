package io.polarj.sql.exec;

import io.polarj.sql.ast.Statement;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;

/** The tables that a DDL statement is about. */
final class DdlTarget {
  private DdlTarget() {}

  /** Under LOCK TABLES, tables that are locked WRITE may be changed, and nothing else. */
  static void requireLocks(Statement.Ddl ddl, SessionContext session) {
    switch (ddl) {
      case Statement.CreateIndex create -> requireLock(create.table(), session);
      case Statement.DropIndex drop -> requireLock(drop.table(), session);
      case Statement.AlterTable alter -> requireLock(alter.table(), session);
      case Statement.Truncate truncate -> requireLock(truncate.table(), session);
      case Statement.DropTable drop -> drop.names().forEach(name -> requireLock(name, session));
      case Statement.CreateTable create -> requireLock(create.name(), session);
      case Statement.CreateTableLike create -> requireLock(create.name(), session);
      case Statement.CreateDatabase _, Statement.DropDatabase _, Statement.RenameTable _ ->
          throw SqlError.LOCK_OR_ACTIVE_TRANSACTION.with();
    }
  }

  private static void requireLock(TableName name, SessionContext session) {
    String schema = name.schema() != null ? name.schema() : session.currentSchema();
    session.requireTable(schema, name.name(), true);
  }

  /** For the statement's errors. */
  static String name(Statement.Ddl ddl) {
    return switch (ddl) {
      case Statement.CreateIndex create -> create.table().name();
      case Statement.AlterTable alter -> alter.table().name();
      default -> "";
    };
  }
}
