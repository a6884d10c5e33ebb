package io.polarj.engine.lock;

import io.polarj.engine.error.EngineException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Metadata locks: one per table name, shared by transactions that use the table, exclusive for DDL.
 * First come, first served: a waiting DDL holds up later transactions, so that it does not starve.
 * A transaction holds at most one share per name, to its end. Any thread; each lock is guarded by
 * its own monitor. Locks of names are never removed: there are about as many as tables.
 */
public final class MetadataLocks {
  /** A table's (or, with an empty table, a schema's) name. */
  public record Name(String schema, String table) {
    @Override
    public String toString() {
      return table.isEmpty() ? schema : schema + "." + table;
    }
  }

  private final ConcurrentHashMap<Name, Held> locks = new ConcurrentHashMap<>();

  /** The lock of a name, from which holders and waiters hang. */
  static final class Held {
    final Name name;
    int shares;
    boolean exclusive;
    final ArrayDeque<Waiter> queue = new ArrayDeque<>(0);

    Held(Name name) {
      this.name = name;
    }

    boolean admits(boolean wantExclusive) {
      return !exclusive && (!wantExclusive || shares == 0);
    }

    void take(boolean wantExclusive) {
      if (wantExclusive) {
        exclusive = true;
      } else {
        shares++;
      }
    }

    void wakeWaiters() {
      for (Waiter first = queue.peekFirst();
          first != null && admits(first.exclusive);
          first = queue.peekFirst()) {
        queue.pollFirst();
        take(first.exclusive);
        first.granted = true;
        LockSupport.unpark(first.thread);
      }
    }
  }

  private static final class Waiter {
    final boolean exclusive;
    final Thread thread = Thread.currentThread();
    volatile boolean granted;

    Waiter(boolean exclusive) {
      this.exclusive = exclusive;
    }
  }

  /** Takes a share for the transaction, unless it has one. */
  public void acquireShared(LockOwner owner, Name name) {
    for (int i = 0; i < owner.heldTables.size(); i++) {
      if (owner.heldTables.get(i).name.equals(name)) {
        return;
      }
    }
    Held lock = lock(name);
    acquire(lock, owner, false, owner.timeoutNanos());
    owner.heldTables.add(lock);
  }

  /** Takes the lock for a DDL; to be given back with {@link #releaseExclusive}. */
  public void acquireExclusive(LockOwner owner, Name name, long waitMillis) {
    acquire(lock(name), owner, true, waitMillis * 1_000_000L);
  }

  public void releaseExclusive(Name name) {
    Held lock = lock(name);
    synchronized (lock) {
      lock.exclusive = false;
      lock.wakeWaiters();
    }
  }

  /** Gives back all shares of the transaction. */
  public void releaseAll(LockOwner owner) {
    for (int i = 0; i < owner.heldTables.size(); i++) {
      Held lock = owner.heldTables.get(i);
      synchronized (lock) {
        lock.shares--;
        lock.wakeWaiters();
      }
    }
    owner.heldTables.clear();
  }

  /** How many wait for that name; lets tests await it. */
  public int waiting(Name name) {
    Held lock = lock(name);
    synchronized (lock) {
      return lock.queue.size();
    }
  }

  private Held lock(Name name) {
    Held lock = locks.get(name);
    return lock != null ? lock : locks.computeIfAbsent(name, Held::new);
  }

  private void acquire(Held lock, LockOwner owner, boolean exclusive, long timeoutNanos) {
    Waiter waiter;
    synchronized (lock) {
      if (lock.queue.isEmpty() && lock.admits(exclusive)) {
        lock.take(exclusive);
        return;
      }
      waiter = new Waiter(exclusive);
      lock.queue.addLast(waiter);
    }
    long deadline = System.nanoTime() + timeoutNanos;
    owner.beginWait();
    try {
      while (!waiter.granted) {
        boolean interrupted = owner.takeInterrupt();
        long left = deadline - System.nanoTime();
        if (interrupted || left <= 0) {
          if (!withdraw(lock, waiter)) {
            if (interrupted) {
              owner.interrupt();
            }
            return;
          }
          if (interrupted) {
            throw new EngineException.Interrupted();
          }
          throw new EngineException.LockWaitTimeout("metadata of " + lock.name);
        }
        LockSupport.parkNanos(this, left);
      }
    } finally {
      owner.endWait();
    }
  }

  private static boolean withdraw(Held lock, Waiter waiter) {
    synchronized (lock) {
      if (waiter.granted) {
        return false;
      }
      lock.queue.remove(waiter);
      lock.wakeWaiters();
      return true;
    }
  }
}
