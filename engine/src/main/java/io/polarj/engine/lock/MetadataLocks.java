package io.polarj.engine.lock;

import io.polarj.engine.error.EngineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Metadata locks: one per table name, shared by transactions that use the table, exclusive for DDL.
 * First come, first served: a waiting DDL holds up later transactions, so that it does not starve.
 * A transaction holds at most one share per name, to its end; one that writes the table says so,
 * which LOCK TABLES ... READ of others keeps it from. A session's table locks (LOCK TABLES) belong
 * to an owner of their own; transactions {@linkplain LockOwner#under under} it take no shares of
 * these tables. Any thread; each lock is guarded by its own monitor. Locks of names are never
 * removed: there are about as many as tables.
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

  private enum Mode {
    /** A share of a transaction. */
    SHARE,
    /** A share of a transaction that writes the table. */
    WRITING_SHARE,
    /** For an owner that has a share: from now on it writes. */
    WRITER,
    /** LOCK TABLES ... READ: others may read. */
    NO_WRITERS,
    /** DDL and LOCK TABLES ... WRITE. */
    EXCLUSIVE
  }

  /** The lock of a name, from which holders and waiters hang. */
  static final class Held {
    final Name name;
    int shares;
    int writers;
    int readLocks;
    boolean exclusive;
    final ArrayDeque<Waiter> queue = new ArrayDeque<>(0);

    Held(Name name) {
      this.name = name;
    }

    boolean admits(Mode mode) {
      return !exclusive
          && switch (mode) {
            case SHARE -> true;
            case WRITING_SHARE, WRITER -> readLocks == 0;
            case NO_WRITERS -> writers == 0;
            case EXCLUSIVE -> shares == 0 && readLocks == 0;
          };
    }

    void take(Mode mode) {
      switch (mode) {
        case SHARE -> shares++;
        case WRITING_SHARE -> {
          shares++;
          writers++;
        }
        case WRITER -> writers++;
        case NO_WRITERS -> readLocks++;
        case EXCLUSIVE -> exclusive = true;
      }
    }

    void wakeWaiters() {
      for (Waiter first = queue.peekFirst();
          first != null && admits(first.mode);
          first = queue.peekFirst()) {
        queue.pollFirst();
        take(first.mode);
        first.granted = true;
        LockSupport.unpark(first.thread);
      }
    }
  }

  private static final class Waiter {
    final Mode mode;
    final Thread thread = Thread.currentThread();
    volatile boolean granted;

    Waiter(Mode mode) {
      this.mode = mode;
    }
  }

  /** Takes a share for a transaction that reads the table, unless it has one. */
  public void acquireShared(LockOwner owner, Name name) {
    if (find(owner.heldTables, name) == null && !owner.hasTableLock(name)) {
      share(owner, name, Mode.SHARE);
    }
  }

  /** Takes a share for a transaction that writes the table, or makes the one it has such a one. */
  public void acquireSharedToWrite(LockOwner owner, Name name) {
    if (find(owner.writtenTables, name) != null || owner.hasTableLock(name)) {
      return;
    }
    Held lock = find(owner.heldTables, name);
    if (lock == null) {
      lock = share(owner, name, Mode.WRITING_SHARE);
    } else {
      acquire(lock, owner, Mode.WRITER, owner.timeoutNanos());
    }
    owner.writtenTables.add(lock);
  }

  private Held share(LockOwner owner, Name name, Mode mode) {
    Held lock = lock(name);
    acquire(lock, owner, mode, owner.timeoutNanos());
    owner.heldTables.add(lock);
    return lock;
  }

  private static Held find(ArrayList<Held> locks, Name name) {
    for (int i = 0; i < locks.size(); i++) {
      if (locks.get(i).name.equals(name)) {
        return locks.get(i);
      }
    }
    return null;
  }

  /**
   * Locks a table for a session, until {@link #releaseAll} of this owner, which uses no tables
   * itself: against writers, or against everybody.
   */
  public void lockTable(LockOwner owner, Name name, boolean write) {
    Held lock = lock(name);
    acquire(lock, owner, write ? Mode.EXCLUSIVE : Mode.NO_WRITERS, owner.timeoutNanos());
    (write ? owner.writeLocks : owner.readLocks).add(lock);
  }

  /** Takes the lock for a DDL; to be given back with {@link #releaseExclusive}. */
  public void acquireExclusive(LockOwner owner, Name name, long waitMillis) {
    acquire(lock(name), owner, Mode.EXCLUSIVE, waitMillis * 1_000_000L);
  }

  public void releaseExclusive(Name name) {
    Held lock = lock(name);
    synchronized (lock) {
      lock.exclusive = false;
      lock.wakeWaiters();
    }
  }

  /** Gives back all shares of the transaction, or the table locks of a session. */
  public void releaseAll(LockOwner owner) {
    for (int i = 0; i < owner.heldTables.size(); i++) {
      Held lock = owner.heldTables.get(i);
      boolean written = owner.writtenTables.contains(lock);
      synchronized (lock) {
        lock.shares--;
        if (written) {
          lock.writers--;
        }
        lock.wakeWaiters();
      }
    }
    owner.heldTables.clear();
    owner.writtenTables.clear();
    for (Held lock : owner.readLocks) {
      synchronized (lock) {
        lock.readLocks--;
        lock.wakeWaiters();
      }
    }
    owner.readLocks.clear();
    owner.writeLocks.forEach(lock -> releaseExclusive(lock.name));
    owner.writeLocks.clear();
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

  private void acquire(Held lock, LockOwner owner, Mode mode, long timeoutNanos) {
    Waiter waiter;
    // Who waits in the queue may wait for the share that a writer has already.
    boolean first = mode == Mode.WRITER;
    synchronized (lock) {
      if ((first || lock.queue.isEmpty()) && lock.admits(mode)) {
        lock.take(mode);
        return;
      }
      waiter = new Waiter(mode);
      if (first) {
        lock.queue.addFirst(waiter);
      } else {
        lock.queue.addLast(waiter);
      }
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
