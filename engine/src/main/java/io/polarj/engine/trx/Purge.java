package io.polarj.engine.trx;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what ended transactions left behind once no snapshot anywhere needs it: delete-marked
 * rows and index entries, undo pages, long undo bodies. A group of undo records is purged when its
 * transaction's end LSN is at most the bound: the oldest snapshot here, and what {@code
 * remoteBound} tells of the replicas'. Order across segments does not matter: a version chain never
 * leads a reader into the undo of a transaction it sees. Own thread; {@link #runOnce} from any.
 */
public final class Purge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Purge.class);
  private static final long PAUSE_NANOS = 10_000_000L;
  private static final long RETRY_NANOS = 100_000_000L;

  private final Transactions transactions;
  private final RowChanges changes;
  private final Thread thread;
  private volatile LongSupplier remoteBound = () -> Long.MAX_VALUE;
  private volatile Runnable afterRound = () -> {};
  private volatile boolean idle;
  private volatile boolean stopped;
  private volatile long bound;
  private long loggedBound;
  private volatile RuntimeException failure;

  public Purge(Transactions transactions, RowChanges changes) {
    this.transactions = transactions;
    this.changes = changes;
    this.thread = Thread.ofPlatform().daemon().name("purge").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** The oldest snapshot that a replica may still read at. */
  public void remoteBound(LongSupplier supplier) {
    remoteBound = supplier;
  }

  /** Called after each round, with the bound published: for dropped files. */
  public void afterRound(Runnable action) {
    afterRound = action;
  }

  /** There may be work. Cheap. */
  public void wake() {
    if (idle) {
      idle = false;
      LockSupport.unpark(thread);
    }
  }

  /** What ended at or below it may be gone. */
  public long bound() {
    return bound;
  }

  private void run() {
    while (!stopped) {
      try {
        boolean worked = runOnce() > 0;
        boolean pending = transactions.segments().historyLength() > 0;
        if (!worked) {
          idle = true;
        }
        LockSupport.parkNanos(
            this, worked ? PAUSE_NANOS : pending ? RETRY_NANOS : RETRY_NANOS * 10);
      } catch (RuntimeException e) {
        if (!stopped) {
          failure = e;
          LOG.error("purge has stopped; undo will grow until the engine is started again", e);
        }
        return;
      }
    }
  }

  /** Why purge stopped, or null. */
  public RuntimeException failure() {
    return failure;
  }

  /** Does something while nothing is purged. */
  public synchronized <T> T paused(Supplier<T> action) {
    return action.get();
  }

  /** Purges what can be; returns how many transactions' undo that was. */
  public synchronized int runOnce() {
    long limit = Math.min(transactions.snapshots().oldest(), remoteBound.getAsLong());
    bound = Math.max(bound, limit);
    int purged = 0;
    for (UndoSegment segment : transactions.segments().all()) {
      for (UndoSegment.Group group = segment.purgeable(limit);
          group != null && !stopped;
          group = segment.purgeable(limit)) {
        if (limit > loggedBound) {
          transactions.logPurge(limit);
          loggedBound = limit;
        }
        purge(segment, group, limit);
        segment.purged();
        purged++;
      }
    }
    transactions.table().prune(limit);
    afterRound.run();
    return purged;
  }

  private void purge(UndoSegment segment, UndoSegment.Group group, long limit) {
    UndoLog log = transactions.undoLog();
    long at = group.start();
    for (UndoLog.Entry entry = log.forward(at, true);
        entry != null && !entry.isEnd();
        entry = log.forward(at, true)) {
      UndoRecord record = entry.record();
      if (record != null) {
        changes.purge(record, group.undone(), limit);
      }
      log.purged(entry);
      at = entry.next();
    }
    log.freeBefore(segment, group.end());
  }

  /** Lets the thread stop soon. */
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
