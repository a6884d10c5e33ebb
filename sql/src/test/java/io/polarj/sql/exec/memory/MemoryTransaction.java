package io.polarj.sql.exec.memory;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Transaction;
import java.util.ArrayList;
import java.util.List;

/** An undo list; reads see everything at once. */
final class MemoryTransaction implements Transaction {
  private record Mark(int size) implements Savepoint {}

  private final List<Runnable> undo = new ArrayList<>();
  private final IsolationLevel isolation;
  private final boolean readOnly;
  private boolean active = true;

  MemoryTransaction(IsolationLevel isolation, boolean readOnly) {
    this.isolation = isolation;
    this.readOnly = readOnly;
  }

  void undo(Runnable action) {
    undo.add(action);
  }

  @Override
  public long id() {
    return undo.isEmpty() ? 0 : 1;
  }

  @Override
  public IsolationLevel isolation() {
    return isolation;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void beginStatement() {}

  @Override
  public void openSnapshot() {}

  @Override
  public Savepoint savepoint() {
    return new Mark(undo.size());
  }

  @Override
  public void rollbackTo(Savepoint savepoint) {
    int size = ((Mark) savepoint).size();
    while (undo.size() > size) {
      undo.removeLast().run();
    }
  }

  @Override
  public void commit() {
    undo.clear();
    active = false;
  }

  @Override
  public void rollback() {
    rollbackTo(new Mark(0));
    active = false;
  }

  @Override
  public boolean active() {
    return active;
  }

  @Override
  public boolean rolledBack() {
    return false;
  }

  @Override
  public void lockWaitTimeout(int seconds) {}

  @Override
  public void interrupt() {}

  @Override
  public long commitLsn() {
    return 0;
  }
}
