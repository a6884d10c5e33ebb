package io.polarj.engine.table;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The AUTO_INCREMENT counter of a table. Values come from memory; on storage there is a bound above
 * all that were given, raised by many at once, from which a start after a crash goes on: values may
 * be left out then, but none comes twice. The redo of the raise precedes that of any row with such
 * a value, so it needs no sync of its own. Any thread.
 */
public final class AutoIncrement {
  private static final long AHEAD = 256;

  private final AtomicLong next;
  private final LongConsumer store;
  private volatile long bound;

  /** {@code store} makes a bound part of the redo. */
  public AutoIncrement(long next, LongConsumer store) {
    this.next = new AtomicLong(Math.max(1, next));
    this.bound = next;
    this.store = store;
  }

  long reserve(int count) {
    long first = next.getAndAdd(count);
    raise(first + count);
    return first;
  }

  void observe(long value) {
    if (value == Long.MAX_VALUE) {
      return;
    }
    long seen = next.get();
    while (value >= seen && !next.compareAndSet(seen, value + 1)) {
      seen = next.get();
    }
    raise(value + 1);
  }

  long peek() {
    return next.get();
  }

  private void raise(long above) {
    if (above > bound) {
      synchronized (this) {
        if (above > bound) {
          long raised = above + AHEAD < 0 ? Long.MAX_VALUE : above + AHEAD;
          store.accept(raised);
          bound = raised;
        }
      }
    }
  }

  /** Stores the exact counter; for a clean stop. */
  public synchronized void settle() {
    if (bound != next.get()) {
      store.accept(next.get());
      bound = next.get();
    }
  }
}
