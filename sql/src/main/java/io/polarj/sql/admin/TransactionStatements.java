package io.polarj.sql.admin;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.Session;

/** BEGIN, START TRANSACTION, COMMIT, ROLLBACK, SAVEPOINT, RELEASE SAVEPOINT. */
final class TransactionStatements {
  private TransactionStatements() {}

  static void begin(Words words, Session session) {
    words.accept("WORK");
    words.expectEnd();
    session.startTransaction(null, false);
  }

  static void start(Words words, Session session) {
    words.expect("TRANSACTION");
    boolean snapshot = false;
    Boolean readOnly = null;
    while (!words.atEnd()) {
      if (words.acceptAll("WITH", "CONSISTENT", "SNAPSHOT")) {
        snapshot = true;
      } else if (words.acceptAll("READ", "ONLY")) {
        readOnly = true;
      } else if (words.acceptAll("READ", "WRITE")) {
        readOnly = false;
      } else {
        throw words.syntaxError();
      }
      words.acceptSymbol(",");
    }
    words.expectEnd();
    session.startTransaction(readOnly, snapshot);
  }

  static void commit(Words words, Session session) {
    boolean chain = chain(words);
    session.commit();
    if (chain) {
      session.startTransaction(null, false);
    }
  }

  static void rollback(Words words, Session session) {
    words.accept("WORK");
    if (words.accept("TO")) {
      words.accept("SAVEPOINT");
      String name = words.name();
      words.expectEnd();
      session.rollbackToSavepoint(name);
      return;
    }
    boolean chain = chain(words);
    session.rollback();
    if (chain) {
      session.startTransaction(null, false);
    }
  }

  static void savepoint(Words words, Session session) {
    String name = words.name();
    words.expectEnd();
    session.savepoint(name);
  }

  static void release(Words words, Session session) {
    words.expect("SAVEPOINT");
    String name = words.name();
    words.expectEnd();
    session.releaseSavepoint(name);
  }

  /** [WORK] [AND [NO] CHAIN] [[NO] RELEASE] */
  private static boolean chain(Words words) {
    words.accept("WORK");
    boolean chain = false;
    if (words.accept("AND")) {
      chain = !words.accept("NO");
      words.expect("CHAIN");
    }
    if (words.accept("NO")) {
      words.expect("RELEASE");
    } else if (words.accept("RELEASE")) {
      throw SqlError.NOT_SUPPORTED_YET.with("RELEASE of the connection");
    }
    words.expectEnd();
    return chain;
  }
}
