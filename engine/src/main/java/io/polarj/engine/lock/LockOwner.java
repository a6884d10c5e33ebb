package io.polarj.engine.lock;

import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * What holds and waits for locks: one per transaction. The list of held locks belongs to the
 * transaction's thread; {@link #interrupt} may come from any thread. An owner waits for at most one
 * lock at a time.
 */
public final class LockOwner {
  final ArrayList<RowLocks.Held> held = new ArrayList<>();
  final ArrayList<MetadataLocks.Held> heldTables = new ArrayList<>(2);
  final ArrayList<MetadataLocks.Held> writtenTables = new ArrayList<>(2);
  // Of a session's LOCK TABLES.
  final ArrayList<MetadataLocks.Held> readLocks = new ArrayList<>(0);
  final ArrayList<MetadataLocks.Held> writeLocks = new ArrayList<>(0);
  private LockOwner tableLocks;
  volatile RowLocks.Request waitingFor;
  private volatile int weight;
  private volatile boolean interrupted;
  private volatile Thread waiter;
  private long timeoutNanos = 50_000_000_000L;

  /** This transaction's session has locked tables (LOCK TABLES); the holder outlives it. */
  public void under(LockOwner holderOfTableLocks) {
    tableLocks = holderOfTableLocks;
  }

  boolean hasTableLock(MetadataLocks.Name name) {
    return tableLocks != null
        && (has(tableLocks.readLocks, name) || has(tableLocks.writeLocks, name));
  }

  private static boolean has(ArrayList<MetadataLocks.Held> locks, MetadataLocks.Name name) {
    for (MetadataLocks.Held lock : locks) {
      if (lock.name.equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** How much work a rollback of this owner would throw away: its undo records. */
  public void weight(int undoRecords) {
    weight = undoRecords;
  }

  int weight() {
    return weight;
  }

  public void timeoutMillis(long millis) {
    timeoutNanos = millis * 1_000_000L;
  }

  public long timeoutNanos() {
    return timeoutNanos;
  }

  public int rowLockCount() {
    return held.size();
  }

  /** Ends the current wait, or the next one when there is none now, with {@code Interrupted}. */
  public void interrupt() {
    interrupted = true;
    Thread thread = waiter;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Forgets an interrupt that met no wait. */
  public void clearInterrupt() {
    interrupted = false;
  }

  /** This thread waits for the owner from now on: {@link #interrupt} unparks it. */
  public void beginWait() {
    waiter = Thread.currentThread();
  }

  public void endWait() {
    waiter = null;
  }

  /**
   * Whether somebody asked for the wait to end; a thread that is interrupted can not park either.
   */
  public boolean takeInterrupt() {
    boolean was = interrupted;
    if (was) {
      interrupted = false;
    }
    return was || Thread.currentThread().isInterrupted();
  }
}
