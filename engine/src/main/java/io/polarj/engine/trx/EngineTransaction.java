package io.polarj.engine.trx;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.lock.LockOwner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A transaction. It gets an id and a rollback segment with its first write, a snapshot with its
 * first plain read. One thread at a time; {@link #interrupt} from any.
 */
public final class EngineTransaction implements Transaction {
  private final Transactions shared;
  private final IsolationLevel isolation;
  private final boolean readOnly;
  private final LockOwner owner = new LockOwner();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private int slot = -1;
  private long snapshot;
  private long id;
  private UndoLease lease;
  private boolean victim;
  private long commitLsn;
  private int statements;

  EngineTransaction(Transactions shared, IsolationLevel isolation, boolean readOnly) {
    this.shared = shared;
    this.isolation = isolation;
    this.readOnly = readOnly || !shared.writable();
  }

  private record Point(EngineTransaction of, long position) implements Savepoint {}

  @Override
  public long id() {
    return id;
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
  public void beginStatement() {
    requireActive();
    owner.clearInterrupt();
    statements++;
    if (isolation == IsolationLevel.READ_COMMITTED && snapshot != 0) {
      // Cursors of earlier statements keep their snapshot's number, but no longer its versions.
      snapshot = 0;
      shared.snapshots().close(slot);
    }
  }

  /** How many statements began; a cursor of an earlier one under READ COMMITTED is over. */
  public int statements() {
    return statements;
  }

  @Override
  public void openSnapshot() {
    requireActive();
    if (snapshot == 0) {
      if (slot < 0) {
        slot = shared.snapshots().acquireSlot();
      }
      snapshot = shared.snapshots().open(slot);
    }
  }

  /** The LSN that plain reads of this statement see, opened when there is none yet. */
  public long snapshot() {
    if (snapshot == 0) {
      openSnapshot();
    }
    return snapshot;
  }

  /** Whether this transaction's plain reads see what that transaction wrote. */
  public boolean sees(long trxId) {
    return visible(trxId, snapshot());
  }

  public boolean visible(long trxId, long snapshotLsn) {
    if (trxId == id && id != 0) {
      return true;
    }
    long end = shared.table().endLsn(trxId);
    return end != TransactionTable.ACTIVE && end <= snapshotLsn;
  }

  @Override
  public Savepoint savepoint() {
    requireActive();
    return new Point(this, lease == null ? 0 : lease.segment().end());
  }

  @Override
  public void rollbackTo(Savepoint savepoint) {
    requireActive();
    if (!(savepoint instanceof Point point) || point.of != this) {
      throw new IllegalArgumentException("a savepoint of another transaction");
    }
    if (lease == null) {
      return;
    }
    long limit = point.position == 0 ? lease.start() : point.position;
    if (limit != lease.segment().end()) {
      lease.markUndone();
      shared.undoTo(lease, limit);
    }
  }

  @Override
  public void commit() {
    requireActive();
    boolean mayHaveReadNewer = owner.rowLockCount() > 0;
    long newest = shared.table().newestEnd();
    try {
      if (lease != null) {
        commitLsn = shared.end(id, lease, false);
      }
    } finally {
      close();
    }
    if (commitLsn != 0) {
      shared.signalEnd();
      shared.log().awaitDurable(commitLsn);
    } else if (mayHaveReadNewer) {
      shared.log().awaitDurable(newest);
    }
  }

  @Override
  public void rollback() {
    if (victim && !open.get()) {
      return;
    }
    requireActive();
    rollBackWhole();
  }

  private void rollBackWhole() {
    try {
      if (lease != null) {
        shared.undoTo(lease, lease.start());
        shared.end(id, lease, true);
      }
    } finally {
      close();
    }
    if (lease != null) {
      shared.signalEnd();
    }
  }

  private void close() {
    open.set(false);
    if (slot >= 0) {
      shared.snapshots().releaseSlot(slot);
      slot = -1;
    }
    shared.rowLocks().releaseAll(owner);
    shared.metadataLocks().releaseAll(owner);
  }

  @Override
  public boolean active() {
    return open.get();
  }

  @Override
  public boolean rolledBack() {
    return victim;
  }

  @Override
  public void lockWaitTimeout(int seconds) {
    owner.timeoutMillis(seconds * 1000L);
  }

  @Override
  public void interrupt() {
    owner.interrupt();
  }

  @Override
  public long commitLsn() {
    return commitLsn;
  }

  public LockOwner lockOwner() {
    return owner;
  }

  public void requireActive() {
    if (!open.get()) {
      throw victim
          ? new EngineException.Deadlock()
          : new IllegalStateException("the transaction has ended");
    }
  }

  /**
   * Locks a row by key. False with SKIP LOCKED when another transaction is in the way. When this
   * one is a deadlock's victim it is rolled back before {@code Deadlock} is thrown.
   */
  public boolean lockRow(long indexId, byte[] key, LockMode mode, LockWait onConflict) {
    try {
      return shared.rowLocks().acquire(owner, indexId, key, mode, onConflict);
    } catch (EngineException.Deadlock e) {
      victim = true;
      rollBackWhole();
      throw e;
    }
  }

  /**
   * Waits for the end of a transaction that wrote a row version and holds no lock on it, as those
   * do that a crash left unfinished. False with SKIP LOCKED.
   */
  public boolean awaitEnd(long trxId, LockWait onConflict) {
    if (trxId == id || !shared.table().running(trxId)) {
      return true;
    }
    if (onConflict == LockWait.SKIP_LOCKED) {
      return false;
    }
    if (onConflict == LockWait.NOWAIT) {
      throw new EngineException.LockNotAvailable("row of transaction " + trxId);
    }
    if (!shared.table().awaitEnd(trxId, owner)) {
      throw new EngineException.LockWaitTimeout("row of transaction " + trxId);
    }
    return true;
  }

  /** Whether that transaction runs and is not this one. */
  public boolean runsElsewhere(long trxId) {
    return trxId != id && shared.table().running(trxId);
  }

  /** The id that writes carry, given when there is none yet. */
  public long writeId() {
    requireActive();
    if (readOnly) {
      throw new EngineException.ReadOnly("the transaction is read only");
    }
    if (lease == null) {
      UndoSegment segment = shared.segments().lease();
      id = shared.table().begin();
      lease = new UndoLease(segment, segment.end(), 0);
    }
    return id;
  }

  /** Writes an undo record; returns the roll pointer for the version that the change makes. */
  public long writeUndo(UndoRecord record) {
    long position = shared.undoLog().append(lease.segment(), record);
    lease.added();
    owner.weight(lease.records());
    return position;
  }
}
