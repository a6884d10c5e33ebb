package io.polarj.sql.session;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;

/**
 * A session's transaction and what begins and ends it: autocommit, START TRANSACTION, implicit
 * commits, named savepoints. One thread, but {@link #interrupt} may come from any.
 */
final class SessionTransaction {
  private record Named(String name, Savepoint savepoint) {}

  private final Engine engine;
  private final TableLocks tableLocks;
  private final List<Named> savepoints = new ArrayList<>();
  private volatile Transaction current;
  private boolean explicit;

  SessionTransaction(Engine engine, TableLocks tableLocks) {
    this.engine = engine;
    this.tableLocks = tableLocks;
  }

  private Transaction begin(IsolationLevel isolation, boolean readOnly) {
    Transaction holder = tableLocks.holder();
    return holder == null
        ? engine.begin(isolation, readOnly)
        : engine.begin(isolation, readOnly, holder);
  }

  /** The transaction, begun now if there is none. */
  Transaction require(IsolationLevel isolation, boolean readOnly, int lockWaitSeconds) {
    Transaction transaction = current;
    if (transaction == null) {
      transaction = begin(isolation, readOnly);
      current = transaction;
    }
    transaction.lockWaitTimeout(lockWaitSeconds);
    return transaction;
  }

  /** Begins an explicit transaction; the one before was ended by the caller. */
  void start(IsolationLevel isolation, boolean readOnly, boolean withSnapshot) {
    current = begin(isolation, readOnly);
    explicit = true;
    if (withSnapshot) {
      current.openSnapshot();
    }
  }

  /** Whether the client is told SERVER_STATUS_IN_TRANS. */
  boolean open(boolean autocommit) {
    return explicit || (!autocommit && current != null);
  }

  boolean explicit() {
    return explicit;
  }

  void commit() {
    Transaction transaction = forget();
    if (transaction != null && transaction.active()) {
      transaction.commit();
    }
  }

  void rollback() {
    Transaction transaction = forget();
    if (transaction != null && transaction.active()) {
      transaction.rollback();
    }
  }

  /**
   * After each statement: ends a statement's own transaction, forgets one that the engine has
   * rolled back.
   */
  void statementEnded(boolean autocommit, boolean failed) {
    Transaction transaction = current;
    if (transaction == null) {
      return;
    }
    if (transaction.rolledBack() || !transaction.active()) {
      forget();
    } else if (autocommit && !explicit) {
      if (failed) {
        rollback();
      } else {
        commit();
      }
    }
  }

  void savepoint(String name) {
    if (current == null) {
      return; // autocommit: MySQL accepts it without effect
    }
    savepoints.removeIf(entry -> entry.name().equalsIgnoreCase(name));
    savepoints.add(new Named(name, current.savepoint()));
  }

  void rollbackTo(String name) {
    int at = indexOf(name);
    current.rollbackTo(savepoints.get(at).savepoint());
    savepoints.subList(at + 1, savepoints.size()).clear();
  }

  void release(String name) {
    int at = indexOf(name);
    savepoints.subList(at, savepoints.size()).clear();
  }

  void interrupt() {
    Transaction transaction = current;
    if (transaction != null) {
      transaction.interrupt();
    }
  }

  private int indexOf(String name) {
    for (int i = savepoints.size() - 1; i >= 0; i--) {
      if (savepoints.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw SqlError.SP_DOES_NOT_EXIST.with("SAVEPOINT", name);
  }

  private Transaction forget() {
    Transaction transaction = current;
    current = null;
    explicit = false;
    savepoints.clear();
    return transaction;
  }
}
