package io.polarj.engine.lock;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.error.EngineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The row lock table: locks named by (index id, key bytes), shared or exclusive, held to the
 * transaction's end. It sits above the page latches: nobody may hold a latch while waiting here.
 *
 * <p>Invariants: holders of a lock are pairwise compatible; requests wait in the order they came
 * (an upgrade goes before those that hold nothing); a compatible request passes nobody who waits.
 * Threads: any; every lock belongs to one of a fixed number of stripes and is changed under its
 * monitor. Detection takes the detector's monitor first, then one stripe at a time.
 *
 * <p>A wait begins with a search of the wait-for graph, whose edges are computed from the queues as
 * they are. A cycle is broken by the member with the fewest undo records.
 */
public final class RowLocks {
  private static final int STRIPES = 256;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Object detector = new Object();
  private final LongAdder waits = new LongAdder();
  private final LongAdder deadlocks = new LongAdder();

  public RowLocks() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  private static final class Stripe {
    final HashMap<Key, Lock> locks = new HashMap<>();
  }

  private static final class Key {
    final long index;
    final byte[] bytes;
    final int hash;

    Key(long index, byte[] bytes) {
      this.index = index;
      this.bytes = bytes;
      int h = Arrays.hashCode(bytes) * 31 + Long.hashCode(index);
      this.hash = h ^ (h >>> 15);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.index == index && Arrays.equals(key.bytes, bytes);
    }
  }

  /** A lock: who holds it and who waits. Guarded by its stripe. */
  private static final class Lock {
    final Key key;
    final ArrayList<Held> holders = new ArrayList<>(1);
    ArrayDeque<Request> queue;

    Lock(Key key) {
      this.key = key;
    }

    Held heldBy(LockOwner owner) {
      for (int i = 0; i < holders.size(); i++) {
        if (holders.get(i).owner == owner) {
          return holders.get(i);
        }
      }
      return null;
    }

    boolean admits(LockOwner owner, boolean exclusive) {
      for (int i = 0; i < holders.size(); i++) {
        Held holder = holders.get(i);
        if (holder.owner != owner && (exclusive || holder.exclusive)) {
          return false;
        }
      }
      return true;
    }

    boolean hasQueue() {
      return queue != null && !queue.isEmpty();
    }
  }

  static final class Held {
    final Lock lock;
    final LockOwner owner;
    boolean exclusive;

    Held(Lock lock, LockOwner owner, boolean exclusive) {
      this.lock = lock;
      this.owner = owner;
      this.exclusive = exclusive;
    }
  }

  static final class Request {
    final Lock lock;
    final LockOwner owner;
    final boolean exclusive;
    final boolean upgrade;
    final Thread thread = Thread.currentThread();
    volatile boolean granted;
    volatile boolean victim;

    Request(Lock lock, LockOwner owner, boolean exclusive, boolean upgrade) {
      this.lock = lock;
      this.owner = owner;
      this.exclusive = exclusive;
      this.upgrade = upgrade;
    }
  }

  /**
   * Takes the lock, waiting if need be. Returns false only with {@code SKIP_LOCKED}, when another
   * transaction is in the way. Throws {@code LockNotAvailable}, {@code LockWaitTimeout}, {@code
   * Interrupted}, or {@code Deadlock} when the caller is the victim and has to roll back whole.
   * {@code key} must not be changed afterwards.
   */
  public boolean acquire(
      LockOwner owner, long indexId, byte[] key, LockMode mode, LockWait onConflict) {
    if (mode == LockMode.NONE) {
      return true;
    }
    boolean exclusive = mode == LockMode.EXCLUSIVE;
    Key name = new Key(indexId, key);
    Stripe stripe = stripes[name.hash & (STRIPES - 1)];
    Request request;
    synchronized (stripe) {
      Lock lock = stripe.locks.get(name);
      if (lock == null) {
        lock = new Lock(name);
        stripe.locks.put(name, lock);
        grant(lock, owner, exclusive);
        return true;
      }
      Held mine = lock.heldBy(owner);
      if (mine != null && (mine.exclusive || !exclusive)) {
        return true;
      }
      if (lock.admits(owner, exclusive) && (mine != null || !lock.hasQueue())) {
        if (mine != null) {
          mine.exclusive = true;
        } else {
          grant(lock, owner, exclusive);
        }
        return true;
      }
      if (onConflict == LockWait.SKIP_LOCKED) {
        return false;
      }
      if (onConflict == LockWait.NOWAIT) {
        throw new EngineException.LockNotAvailable("row of index " + indexId);
      }
      request = new Request(lock, owner, exclusive, mine != null);
      enqueue(lock, request);
    }
    waits.increment();
    await(stripe, request);
    return true;
  }

  /** Whether the owner holds that lock exclusively. */
  public boolean holdsExclusive(LockOwner owner, long indexId, byte[] key) {
    Key name = new Key(indexId, key);
    Stripe stripe = stripes[name.hash & (STRIPES - 1)];
    synchronized (stripe) {
      Lock lock = stripe.locks.get(name);
      Held mine = lock == null ? null : lock.heldBy(owner);
      return mine != null && mine.exclusive;
    }
  }

  private static void grant(Lock lock, LockOwner owner, boolean exclusive) {
    Held held = new Held(lock, owner, exclusive);
    lock.holders.add(held);
    owner.held.add(held);
  }

  private static void enqueue(Lock lock, Request request) {
    if (lock.queue == null) {
      lock.queue = new ArrayDeque<>(2);
    }
    if (!request.upgrade) {
      lock.queue.addLast(request);
      return;
    }
    ArrayDeque<Request> reordered = new ArrayDeque<>(lock.queue.size() + 1);
    boolean placed = false;
    for (Request waiting : lock.queue) {
      if (!placed && !waiting.upgrade) {
        reordered.addLast(request);
        placed = true;
      }
      reordered.addLast(waiting);
    }
    if (!placed) {
      reordered.addLast(request);
    }
    lock.queue = reordered;
  }

  private void await(Stripe stripe, Request request) {
    LockOwner owner = request.owner;
    long deadline = System.nanoTime() + owner.timeoutNanos();
    owner.waitingFor = request;
    owner.beginWait();
    try {
      breakCycles(request);
      while (!request.granted) {
        if (request.victim) {
          if (withdraw(stripe, request)) {
            throw new EngineException.Deadlock();
          }
          break;
        }
        if (owner.takeInterrupt()) {
          if (withdraw(stripe, request)) {
            throw new EngineException.Interrupted();
          }
          owner.interrupt();
          break;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          if (withdraw(stripe, request)) {
            throw new EngineException.LockWaitTimeout("row of index " + request.lock.key.index);
          }
          break;
        }
        LockSupport.parkNanos(this, left);
      }
    } finally {
      owner.endWait();
      owner.waitingFor = null;
    }
    synchronized (stripe) {
      // The grantor put the lock into the holders; the owner's list is the owner's to change.
      Held mine = request.lock.heldBy(owner);
      if (!request.upgrade) {
        owner.held.add(mine);
      }
    }
  }

  /** Takes the request out of the queue; false when it was granted meanwhile. */
  private boolean withdraw(Stripe stripe, Request request) {
    synchronized (stripe) {
      if (request.granted) {
        return false;
      }
      request.lock.queue.remove(request);
      grantWaiters(stripe, request.lock);
      return true;
    }
  }

  private void grantWaiters(Stripe stripe, Lock lock) {
    while (lock.hasQueue()) {
      Request first = lock.queue.peekFirst();
      if (!lock.admits(first.owner, first.exclusive)) {
        return;
      }
      lock.queue.pollFirst();
      Held mine = lock.heldBy(first.owner);
      if (mine == null) {
        lock.holders.add(new Held(lock, first.owner, first.exclusive));
      } else {
        mine.exclusive |= first.exclusive;
      }
      first.granted = true;
      LockSupport.unpark(first.thread);
    }
    if (lock.holders.isEmpty()) {
      stripe.locks.remove(lock.key);
    }
  }

  /** Lets go of all row locks of the owner; its transaction has ended. */
  public void releaseAll(LockOwner owner) {
    for (int i = owner.held.size() - 1; i >= 0; i--) {
      Held held = owner.held.get(i);
      Stripe stripe = stripes[held.lock.key.hash & (STRIPES - 1)];
      synchronized (stripe) {
        held.lock.holders.remove(held);
        grantWaiters(stripe, held.lock);
      }
    }
    owner.held.clear();
  }

  /** Breaks every cycle that this wait closed. */
  private void breakCycles(Request request) {
    synchronized (detector) {
      while (!request.granted && !request.victim) {
        List<Request> cycle = new ArrayList<>();
        if (!reaches(request, request.owner, cycle, new HashSet<>())) {
          return;
        }
        deadlocks.increment();
        Request victim = request;
        for (Request member : cycle) {
          if (member.owner.weight() < victim.owner.weight()) {
            victim = member;
          }
        }
        victim.victim = true;
        LockSupport.unpark(victim.thread);
      }
    }
  }

  /** Depth first from a waiting request to the target; {@code path} gets the requests between. */
  private boolean reaches(
      Request from, LockOwner target, List<Request> path, Set<LockOwner> visited) {
    path.add(from);
    for (LockOwner blocker : blockers(from)) {
      if (blocker == target) {
        return true;
      }
      if (visited.add(blocker)) {
        Request next = blocker.waitingFor;
        // A victim is as good as gone.
        if (next != null && !next.granted && !next.victim && reaches(next, target, path, visited)) {
          return true;
        }
      }
    }
    path.remove(path.size() - 1);
    return false;
  }

  private List<LockOwner> blockers(Request request) {
    List<LockOwner> owners = new ArrayList<>();
    synchronized (stripes[request.lock.key.hash & (STRIPES - 1)]) {
      if (request.granted) {
        return owners;
      }
      for (Held holder : request.lock.holders) {
        if (holder.owner != request.owner && (request.exclusive || holder.exclusive)) {
          owners.add(holder.owner);
        }
      }
      // An earlier waiter that is blocked by the same holders closes no cycle of its own; only a
      // reader is held up by a writer that waits before it while it goes together with the holders.
      for (Request earlier : request.lock.queue) {
        if (earlier == request || request.exclusive) {
          break;
        }
        if (earlier.exclusive && earlier.owner != request.owner) {
          owners.add(earlier.owner);
        }
      }
    }
    return owners;
  }

  /** Locks that exist now; for tests and status. */
  public int size() {
    int size = 0;
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        size += stripe.locks.size();
      }
    }
    return size;
  }

  /** How many requests had to wait so far. */
  public long waitCount() {
    return waits.sum();
  }

  public long deadlockCount() {
    return deadlocks.sum();
  }

  /** How many owners wait now; lets tests await that somebody waits. */
  public int waiting() {
    int waiting = 0;
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        for (Lock lock : stripe.locks.values()) {
          waiting += lock.queue == null ? 0 : lock.queue.size();
        }
      }
    }
    return waiting;
  }
}
