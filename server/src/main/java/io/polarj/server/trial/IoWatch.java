// How long I/O stood still: the longest request of a span of time, finished or still under way.
package io.polarj.server.trial;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** One lane per client thread; a lane has at most one request under way. Any thread may ask. */
final class IoWatch {
  private static final long IDLE = Long.MIN_VALUE;
  private final AtomicLongArray began;
  private final AtomicLong longest = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  IoWatch(int lanes) {
    began = new AtomicLongArray(lanes);
    for (int lane = 0; lane < lanes; lane++) {
      began.set(lane, IDLE);
    }
  }

  void begin(int lane) {
    began.set(lane, System.nanoTime());
  }

  void end(int lane, boolean well) {
    longest.accumulateAndGet(System.nanoTime() - began.get(lane), Math::max);
    began.set(lane, IDLE);
    (well ? done : failed).incrementAndGet();
  }

  /** Forgets what was before; what is under way now still counts. */
  void newSpan() {
    longest.set(0);
  }

  /** Since the span began. */
  long longestNanos() {
    return Math.max(longest.get(), pendingNanos());
  }

  /** The age of the oldest request under way. */
  long pendingNanos() {
    long most = 0;
    long now = System.nanoTime();
    for (int lane = 0; lane < began.length(); lane++) {
      long since = began.get(lane);
      if (since != IDLE) {
        most = Math.max(most, now - since);
      }
    }
    return most;
  }

  long done() {
    return done.get();
  }

  long failed() {
    return failed.get();
  }
}
