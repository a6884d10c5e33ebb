package io.polarj.engine.trx;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.lock.LockOwner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Which transaction ended at which LSN. The end of a transaction is the end LSN of its commit mtr;
 * a rolled back one ends when its last change is undone, and counts as committed there: what it
 * left is what was there before it.
 *
 * <p>Ids rise. Below {@code low} every id has ended before every snapshot there is ({@link
 * #ANCIENT}) but for the <i>stragglers</i>, which were still running when the window moved on.
 * Above it a slot per id holds the end LSN, 0 while it runs.
 *
 * <p>Any thread reads, without a lock; ids are given and ended under this object's monitor. An end
 * is published before {@link #newestEnd} rises to it, so a snapshot taken at that LSN finds it.
 */
public final class TransactionTable {
  /** Running. */
  public static final long ACTIVE = 0;

  /** Ended so long ago that everybody sees it. */
  public static final long ANCIENT = 1;

  private static final int SEGMENT_BITS = 10;
  private static final int SEGMENT = 1 << SEGMENT_BITS;

  private record Window(
      long low, long firstSegment, AtomicLongArray[] segments, Map<Long, Long> stragglers) {}

  private final Set<Thread> endWaiters = ConcurrentHashMap.newKeySet();
  private volatile Window window;
  private volatile long newestEnd;
  private long nextId;
  private int active;

  /** A table that knows nothing but that {@code activeIds} run and {@code nextId} comes next. */
  public TransactionTable(long nextId, List<Long> activeIds, long lsn) {
    reset(nextId, activeIds, lsn);
  }

  /** Starts again from a recorded state; nobody reads meanwhile. */
  public synchronized void reset(long next, List<Long> activeIds, long lsn) {
    Map<Long, Long> stragglers = new ConcurrentHashMap<>();
    for (long id : activeIds) {
      stragglers.put(id, ACTIVE);
    }
    long firstSegment = next >>> SEGMENT_BITS;
    AtomicLongArray first = new AtomicLongArray(SEGMENT);
    window = new Window(next, firstSegment, new AtomicLongArray[] {first}, stragglers);
    nextId = next;
    active = activeIds.size();
    newestEnd = Math.max(lsn, ANCIENT);
  }

  /** A new id; its transaction runs from now on. */
  public synchronized long begin() {
    long id = nextId++;
    cover(id);
    active++;
    return id;
  }

  /** A replica heard of that id: all up to it run, as long as nothing else is heard. */
  public synchronized void observe(long id) {
    if (id >= nextId) {
      cover(id);
      active += (int) (id + 1 - nextId);
      nextId = id + 1;
    }
  }

  private void cover(long id) {
    Window w = window;
    int needed = (int) ((id >>> SEGMENT_BITS) - w.firstSegment) + 1;
    if (needed > w.segments.length) {
      AtomicLongArray[] grown = Arrays.copyOf(w.segments, needed);
      for (int i = w.segments.length; i < needed; i++) {
        grown[i] = new AtomicLongArray(SEGMENT);
      }
      window = new Window(w.low, w.firstSegment, grown, w.stragglers);
    }
  }

  /** The end LSN of that transaction, {@link #ACTIVE} or {@link #ANCIENT}. */
  public long endLsn(long id) {
    Window w = window;
    if (id < w.low) {
      if (w.stragglers.isEmpty()) {
        return ANCIENT;
      }
      Long end = w.stragglers.get(id);
      return end == null ? ANCIENT : end;
    }
    int segment = (int) ((id >>> SEGMENT_BITS) - w.firstSegment);
    // An id from beyond the window: on a replica, of a transaction not heard of yet.
    return segment < w.segments.length
        ? w.segments[segment].get((int) (id & (SEGMENT - 1)))
        : ACTIVE;
  }

  public boolean running(long id) {
    return endLsn(id) == ACTIVE;
  }

  /** Records the end. Calls come in the order of their LSNs. Wakes those who await an end. */
  public synchronized void end(long id, long lsn) {
    observe(id);
    Window w = window;
    if (id < w.low) {
      if (!w.stragglers.containsKey(id)) {
        return;
      }
      w.stragglers.put(id, lsn);
    } else {
      w.segments[(int) ((id >>> SEGMENT_BITS) - w.firstSegment)].set(
          (int) (id & (SEGMENT - 1)), lsn);
    }
    active--;
    newestEnd = Math.max(newestEnd, lsn);
    endWaiters.forEach(LockSupport::unpark);
  }

  /**
   * A recorded state: what is not in it and was thought to run never wrote anything that stayed.
   */
  public synchronized void settle(long next, List<Long> activeIds, long lsn) {
    if (next > nextId) {
      observe(next - 1);
    }
    java.util.Set<Long> running = new java.util.HashSet<>(activeIds);
    for (long id : activeIds()) {
      if (id < next && !running.contains(id)) {
        end(id, lsn);
      }
    }
  }

  /** All that ended below the LSN has been recorded; snapshots may be taken there. */
  synchronized void advance(long lsn) {
    newestEnd = Math.max(newestEnd, lsn);
  }

  /**
   * Waits until that transaction has ended; false when the owner's time was over before. Throws
   * {@code Interrupted} when the owner is.
   */
  public boolean awaitEnd(long id, LockOwner owner) {
    long deadline = System.nanoTime() + owner.timeoutNanos();
    Thread self = Thread.currentThread();
    owner.beginWait();
    endWaiters.add(self);
    try {
      while (running(id)) {
        if (owner.takeInterrupt()) {
          throw new EngineException.Interrupted();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      return true;
    } finally {
      endWaiters.remove(self);
      owner.endWait();
    }
  }

  /** The newest end that was published: every end up to it can be found here. */
  public long newestEnd() {
    return newestEnd;
  }

  public synchronized long nextId() {
    return nextId;
  }

  public synchronized int activeCount() {
    return active;
  }

  public synchronized List<Long> activeIds() {
    List<Long> ids = new ArrayList<>();
    Window w = window;
    w.stragglers.forEach((id, end) -> {
      if (end == ACTIVE) {
        ids.add(id);
      }
    });
    ids.sort(null);
    for (long id = w.low; id < nextId; id++) {
      if (running(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** Takes in an end that happened before this table began; only before anybody reads. */
  public synchronized void recall(long id, long endLsn) {
    if (id < window.low) {
      window.stragglers.put(id, endLsn);
    }
  }

  /** Forgets transactions that ended at or below the LSN: no snapshot is older than that. */
  public synchronized void prune(long oldestSnapshot) {
    Window w = window;
    int drop = 0;
    while (drop + 1 < w.segments.length
        && (w.firstSegment + drop + 1) << SEGMENT_BITS <= nextId
        && droppable(w, drop, oldestSnapshot)) {
      long first = Math.max(w.low, (w.firstSegment + drop) << SEGMENT_BITS);
      for (long id = first; id < (w.firstSegment + drop + 1) << SEGMENT_BITS; id++) {
        if (w.segments[drop].get((int) (id & (SEGMENT - 1))) == ACTIVE) {
          w.stragglers.put(id, ACTIVE);
        }
      }
      drop++;
    }
    w.stragglers.values().removeIf(end -> end != ACTIVE && end <= oldestSnapshot);
    if (drop > 0) {
      long firstSegment = w.firstSegment + drop;
      window =
          new Window(
              Math.max(w.low, firstSegment << SEGMENT_BITS),
              firstSegment,
              Arrays.copyOfRange(w.segments, drop, w.segments.length),
              w.stragglers);
    }
  }

  private static boolean droppable(Window w, int segment, long oldestSnapshot) {
    int running = 0;
    long base = (w.firstSegment + segment) << SEGMENT_BITS;
    for (int i = 0; i < SEGMENT; i++) {
      long end = w.segments[segment].get(i);
      if (base + i >= w.low && (end == ACTIVE ? ++running > 64 : end > oldestSnapshot)) {
        return false;
      }
    }
    return true;
  }
}
