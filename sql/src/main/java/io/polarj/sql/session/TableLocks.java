package io.polarj.sql.session;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a session has locked with LOCK TABLES, and what it may use meanwhile. The locks are the
 * engine's and hang from a transaction of their own, so that the session's transactions come and go
 * under them. Aliases are not told apart: a lock of a table covers all uses of it. One thread, but
 * {@link #interrupt} may come from any.
 */
final class TableLocks {
  /** A table that is to be locked. */
  record Wanted(String schema, String table, boolean write) {}

  private record Name(String schema, String table) {}

  private final Engine engine;
  private final Map<Name, Boolean> held = new LinkedHashMap<>();
  private volatile Transaction holder;

  TableLocks(Engine engine) {
    this.engine = engine;
  }

  /** Takes all or none; there are none now. Waits in an order that all sessions share. */
  void lock(List<Wanted> wanted, int waitSeconds) {
    List<Wanted> ordered = new ArrayList<>(wanted);
    ordered.sort((a, b) -> (a.schema() + "." + a.table()).compareTo(b.schema() + "." + b.table()));
    Transaction transaction = engine.begin(IsolationLevel.REPEATABLE_READ, true);
    transaction.lockWaitTimeout(waitSeconds);
    holder = transaction;
    try {
      for (Wanted table : ordered) {
        engine.lockTable(transaction, table.schema(), table.table(), table.write());
      }
    } catch (RuntimeException e) {
      release();
      throw e;
    }
    wanted.forEach(table -> held.put(new Name(table.schema(), table.table()), table.write()));
  }

  void release() {
    Transaction transaction = holder;
    holder = null;
    held.clear();
    if (transaction != null && transaction.active()) {
      transaction.rollback();
    }
  }

  boolean any() {
    return !held.isEmpty();
  }

  /** What the session's transactions begin under; null without locks. */
  Transaction holder() {
    return holder;
  }

  /** Throws unless the table may be used so; asked only while there are locks. */
  void require(String schema, String table, boolean writes) {
    Boolean write = held.get(new Name(schema, table));
    if (write == null) {
      throw SqlError.TABLE_NOT_LOCKED.with(table);
    }
    if (writes && !write) {
      throw SqlError.TABLE_NOT_LOCKED_FOR_WRITE.with(table);
    }
  }

  List<Wanted> held() {
    List<Wanted> list = new ArrayList<>();
    held.forEach((name, write) -> list.add(new Wanted(name.schema(), name.table(), write)));
    return list;
  }

  void interrupt() {
    Transaction transaction = holder;
    if (transaction != null) {
      transaction.interrupt();
    }
  }
}
