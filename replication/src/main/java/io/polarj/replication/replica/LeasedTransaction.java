package io.polarj.replication.replica;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Transaction;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A transaction on a replica. What it reads is believed only when its generation may still be
 * answered after the read; an error of a read is the lease's error when the lease was lost. One
 * thread at a time; {@link #interrupt} from any.
 */
final class LeasedTransaction implements Transaction {
  private final ReplicaInstance instance;
  private final ServingGate gate;
  private final long generation;
  private final Transaction inner;
  private final AtomicBoolean held = new AtomicBoolean(true);

  /** The instance was acquired for it. */
  LeasedTransaction(
      ReplicaInstance instance, ServingGate gate, long generation, Transaction inner) {
    this.instance = instance;
    this.gate = gate;
    this.generation = generation;
    this.inner = inner;
  }

  Transaction inner() {
    return inner;
  }

  ReplicaInstance instance() {
    return instance;
  }

  /** Reads, and throws {@code NotServing} unless what was read may be believed. */
  <T> T read(Supplier<T> action) {
    T result;
    try {
      result = action.get();
    } catch (RuntimeException e) {
      try {
        gate.check(generation);
      } catch (RuntimeException lost) {
        lost.addSuppressed(e);
        throw lost;
      }
      throw e;
    }
    gate.check(generation);
    return result;
  }

  @Override
  public long id() {
    return inner.id();
  }

  @Override
  public IsolationLevel isolation() {
    return inner.isolation();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void beginStatement() {
    gate.check(generation);
    inner.beginStatement();
  }

  @Override
  public void openSnapshot() {
    read(() -> {
      inner.openSnapshot();
      return null;
    });
  }

  @Override
  public Savepoint savepoint() {
    return inner.savepoint();
  }

  @Override
  public void rollbackTo(Savepoint savepoint) {
    inner.rollbackTo(savepoint);
  }

  @Override
  public void commit() {
    try {
      inner.commit();
    } finally {
      release();
    }
  }

  @Override
  public void rollback() {
    try {
      inner.rollback();
    } finally {
      release();
    }
  }

  private void release() {
    if (held.compareAndSet(true, false)) {
      instance.release();
    }
  }

  @Override
  public boolean active() {
    return inner.active();
  }

  @Override
  public boolean rolledBack() {
    return inner.rolledBack();
  }

  @Override
  public void lockWaitTimeout(int seconds) {
    inner.lockWaitTimeout(seconds);
  }

  @Override
  public void interrupt() {
    inner.interrupt();
  }

  @Override
  public long commitLsn() {
    return inner.commitLsn();
  }
}
