package io.polarj.sql.admin;

import io.polarj.sql.catalog.SystemSchemas;
import io.polarj.sql.error.EngineErrors;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.Session;
import io.polarj.sql.session.Session.TableId;
import java.util.LinkedHashMap;
import java.util.Map;

/** LOCK TABLES and UNLOCK TABLES. */
final class LockStatements {
  private LockStatements() {}

  /** LOCK {TABLE | TABLES} name [[AS] alias] {READ [LOCAL] | [LOW_PRIORITY] WRITE}, ... */
  static void lock(Words words, Session session) {
    tables(words);
    Map<TableId, Boolean> wanted = new LinkedHashMap<>();
    do {
      TableName name = TableName.parse(words, session);
      if (!atMode(words)) {
        words.accept("AS");
        words.name();
      }
      boolean write = mode(words);
      if (name.schema() != null && SystemSchemas.is(name.schema())) {
        continue; // made when they are read
      }
      name.require(session);
      wanted.merge(new TableId(name.schema(), name.table()), write, Boolean::logicalOr);
    } while (words.acceptSymbol(","));
    words.expectEnd();
    if (wanted.containsValue(true) && session.refusesWrites()) {
      throw EngineErrors.readOnly(null, "");
    }
    session.lockTables(wanted);
  }

  private static void tables(Words words) {
    if (words.accept("INSTANCE") || words.accept("BINLOG")) {
      throw SqlError.NOT_SUPPORTED_YET.with("this kind of LOCK");
    }
    if (!words.accept("TABLES")) {
      words.expect("TABLE");
    }
  }

  private static boolean atMode(Words words) {
    return words.peek().is("READ") || words.peek().is("WRITE") || words.peek().is("LOW_PRIORITY");
  }

  private static boolean mode(Words words) {
    if (words.accept("READ")) {
      words.accept("LOCAL");
      return false;
    }
    words.accept("LOW_PRIORITY");
    words.expect("WRITE");
    return true;
  }

  static void unlock(Words words, Session session) {
    tables(words);
    words.expectEnd();
    session.unlockTables();
  }
}
