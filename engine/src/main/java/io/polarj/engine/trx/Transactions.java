package io.polarj.engine.trx;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.lock.MetadataLocks;
import io.polarj.engine.lock.RowLocks;
import io.polarj.engine.mtr.LogicalType;
import io.polarj.engine.mtr.Mtr;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the transactions of an engine share. Any thread.
 *
 * <p>The end of a transaction: its END record goes to the undo stream in an mtr that also carries
 * the TRX_COMMIT record; the commit of that mtr (which reserves its LSN) and the entry in the
 * transaction table are one critical section, so ends become visible in LSN order. Locks are given
 * back right after it, before the record is durable: whoever builds on the change commits at a
 * higher LSN, so is acknowledged only after this one is durable too. Snapshots are taken at the
 * durable LSN at most, so plain reads see durable commits alone. Latch order: undo pages before the
 * critical section; inside it nothing is latched or waited for.
 */
public final class Transactions {
  private final TransactionTable table;
  private final Snapshots snapshots;
  private final RowLocks rowLocks = new RowLocks();
  private final MetadataLocks metadataLocks = new MetadataLocks();
  private final UndoLog undoLog;
  private final UndoSegments segments;
  private final CommitLog log;
  private final Object endOrder = new Object();
  private final LongAdder commits = new LongAdder();
  private final LongAdder rollbacks = new LongAdder();
  private volatile RowChanges rowChanges;
  private volatile Runnable ended = () -> {};
  private volatile long lockWaitMillis = 50_000;
  private volatile long purgeFloor;

  /** Transactions of a primary. */
  public Transactions(
      TransactionTable table, UndoLog undoLog, UndoSegments segments, CommitLog log) {
    this.table = table;
    this.undoLog = undoLog;
    this.segments = segments;
    this.log = log;
    this.snapshots = new Snapshots(() -> Math.min(table.newestEnd(), log.durableLsn()));
  }

  /** Transactions of a replica: they only read, from snapshots at its applied LSN. */
  public Transactions(
      TransactionTable table, UndoLog undoLog, java.util.function.LongSupplier appliedLsn) {
    this.table = table;
    this.undoLog = undoLog;
    this.segments = null;
    this.log = null;
    this.snapshots = new Snapshots(appliedLsn);
  }

  /** Must be set before the first write or rollback. */
  public void rowChanges(RowChanges changes) {
    rowChanges = changes;
  }

  /** Called after a writing transaction has ended; must be quick. */
  public void onEnd(Runnable action) {
    ended = action;
  }

  public void lockWaitMillis(long millis) {
    lockWaitMillis = millis;
  }

  public EngineTransaction begin(IsolationLevel isolation, boolean readOnly) {
    EngineTransaction transaction = new EngineTransaction(this, isolation, readOnly);
    transaction.lockOwner().timeoutMillis(lockWaitMillis);
    return transaction;
  }

  /** Of a replica: the primary purges up to that LSN; told before the first change that does. */
  public void purgeFloor(long lsn) {
    purgeFloor = Math.max(purgeFloor, lsn);
  }

  /**
   * Throws {@code SnapshotTooOld} when what a snapshot needs may have been purged (R5); to be asked
   * after reading and before what was read is believed. On a primary purge waits for snapshots.
   */
  public void requireReadable(long snapshot) {
    if (snapshot < purgeFloor) {
      throw new EngineException.SnapshotTooOld(
          "the primary has purged up to LSN "
              + purgeFloor
              + ", the snapshot is at "
              + snapshot
              + "; start the transaction again");
    }
  }

  public TransactionTable table() {
    return table;
  }

  public Snapshots snapshots() {
    return snapshots;
  }

  public RowLocks rowLocks() {
    return rowLocks;
  }

  public MetadataLocks metadataLocks() {
    return metadataLocks;
  }

  public UndoLog undoLog() {
    return undoLog;
  }

  public UndoSegments segments() {
    return segments;
  }

  public boolean writable() {
    return segments != null;
  }

  public long commits() {
    return commits.sum();
  }

  public long rollbacks() {
    return rollbacks.sum();
  }

  CommitLog log() {
    return log;
  }

  /** Writes the end of a transaction and publishes it; returns its LSN. Not durable yet. */
  long end(long trxId, UndoLease lease, boolean rolledBack) {
    UndoSegment segment = lease.segment();
    boolean undone = rolledBack || lease.undone();
    long lsn;
    Mtr mtr = undoLog.begin();
    try {
      undoLog.appendEnd(mtr, segment, trxId, rolledBack, undone);
      mtr.logical(
          rolledBack ? LogicalType.TRX_ROLLBACK : LogicalType.TRX_COMMIT,
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(trxId).array());
      synchronized (endOrder) {
        lsn = mtr.commit();
        table.end(trxId, lsn);
      }
    } finally {
      mtr.close();
    }
    segment.add(
        new UndoSegment.Group(trxId, lsn, undone, lease.start(), segment.end(), lease.records()));
    segments.release(segment);
    (rolledBack ? rollbacks : commits).increment();
    return lsn;
  }

  void signalEnd() {
    ended.run();
  }

  /** Undoes the newest changes of the lease down to a position. */
  void undoTo(UndoLease lease, long limit) {
    UndoSegment segment = lease.segment();
    for (UndoLog.Entry entry = undoLog.backward(segment.end(), limit);
        entry != null && !entry.isEnd();
        entry = undoLog.backward(entry.position(), limit)) {
      rowChanges.undo(entry.record(), entry.position());
    }
  }

  /** Rolls back a transaction that a crash left unfinished, and ends it. */
  public void rollBackLoser(UndoSegments.Loser loser) {
    UndoLease lease = new UndoLease(loser.segment(), loser.start(), loser.records());
    undoTo(lease, loser.start());
    end(loser.trxId(), lease, true);
    signalEnd();
  }

  /**
   * Logs the TRX_STATE record {u64 next id, u32 count, u64 active ids} with the mtr, which it
   * commits.
   */
  public void logState(Mtr mtr) {
    synchronized (endOrder) {
      List<Long> active = table.activeIds();
      ByteBuffer out = ByteBuffer.allocate(12 + 8 * active.size()).order(ByteOrder.LITTLE_ENDIAN);
      out.putLong(table.nextId()).putInt(active.size());
      active.forEach(out::putLong);
      mtr.logical(LogicalType.TRX_STATE, out.array());
      mtr.commit();
    }
  }

  /** Logs how far purge goes from now on. */
  void logPurge(long bound) {
    Mtr mtr = undoLog.begin();
    try {
      mtr.logical(
          LogicalType.PURGE,
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bound).array());
    } finally {
      mtr.commit();
    }
  }

  /** Lets snapshots go on to an LSN that is no transaction's end: that of a DDL. */
  public void advance(long lsn) {
    synchronized (endOrder) {
      table.advance(lsn);
    }
  }
}
