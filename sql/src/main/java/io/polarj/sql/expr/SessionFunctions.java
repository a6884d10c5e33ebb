package io.polarj.sql.expr;

import static io.polarj.sql.expr.FunctionLibrary.alias;
import static io.polarj.sql.expr.FunctionLibrary.always;
import static io.polarj.sql.expr.FunctionLibrary.text;
import static io.polarj.sql.expr.FunctionLibrary.unstable;

import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypes;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Functions of the session. */
final class SessionFunctions {
  private static final long SLEEP_SLICE_NANOS = 50_000_000;

  private SessionFunctions() {}

  static void register() {
    unstable("@", 1, 1, text(255), (a, c) -> c.session().userVariable((String) a[0]));
    unstable(
        "@@",
        1,
        1,
        text(255),
        (a, c) -> {
          String name = (String) a[0];
          int point = name.indexOf('.');
          boolean scoped =
              name.startsWith("session.")
                  || name.startsWith("global.")
                  || name.startsWith("persist.");
          return c.session().systemVariable(scoped ? name.substring(point + 1) : name);
        });
    unstable("DATABASE", 0, 0, text(64), (a, c) -> c.session().currentSchema());
    alias("SCHEMA", "DATABASE");
    unstable("USER", 0, 0, text(288), (a, c) -> c.session().user());
    alias("CURRENT_USER", "USER");
    alias("SESSION_USER", "USER");
    alias("SYSTEM_USER", "USER");
    unstable("CURRENT_ROLE", 0, 0, text(64), (a, c) -> "NONE");
    unstable("VERSION", 0, 0, text(64), (a, c) -> c.session().systemVariable("version"));
    unstable(
        "CONNECTION_ID",
        0,
        0,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> c.session().connectionId());
    unstable(
        "LAST_INSERT_ID",
        0,
        1,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> {
          if (a.length == 1) {
            c.session().lastInsertId(a[0] == null ? 0 : Values.toBits(a[0]));
            return a[0] == null ? null : Values.unsigned(Values.toBits(a[0]));
          }
          return Values.unsigned(c.session().lastInsertId());
        });
    unstable("ROW_COUNT", 0, 0, always(MySqlTypes.BIGINT), (a, c) -> c.session().rowCount());
    unstable("FOUND_ROWS", 0, 0, always(MySqlTypes.BIGINT), (a, c) -> c.session().foundRows());
    unstable("UUID", 0, 0, text(36), (a, c) -> UUID.randomUUID().toString());
    unstable(
        "SLEEP",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> sleep(a[0] == null ? 0 : Values.toDouble(a[0]), c.session()));
  }

  private static Object sleep(double seconds, SessionContext session) {
    long end = System.nanoTime() + (long) (Math.min(seconds, 1e6) * 1e9);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      session.checkInterrupted();
      LockSupport.parkNanos(Math.min(left, SLEEP_SLICE_NANOS));
    }
    return 0L;
  }
}
