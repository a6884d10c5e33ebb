package io.polarj.engine.buffer;

import java.util.List;

/**
 * Dirty pages by oldest modification. A page's place tells from where redo is needed to make it
 * again; the head decides the checkpoint. A mini-transaction lists its pages before its group can
 * become durable, so the list never lacks a page whose redo is below the durable LSN.
 */
final class FlushList {
  // Circular; next of the sentinel is the oldest.
  private final Frame sentinel = new Frame(java.lang.foreign.MemorySegment.NULL);
  private int count;

  FlushList() {
    sentinel.flushNext = sentinel;
    sentinel.flushPrevious = sentinel;
  }

  /** The pages, exclusively latched, were changed by a group that begins at that LSN. */
  synchronized void dirtied(Frame frame, long startLsn) {
    if (frame.oldestLsn == 0) {
      insert(frame, startLsn);
    } else if (frame.flushing && frame.nextOldestLsn == 0) {
      frame.nextOldestLsn = startLsn;
    }
  }

  private void insert(Frame frame, long lsn) {
    Frame after = sentinel.flushPrevious;
    if (count > 0 && lsn <= sentinel.flushNext.oldestLsn) {
      after = sentinel; // recovery lists many pages at one old LSN
    }
    while (after != sentinel && after.oldestLsn > lsn) {
      after = after.flushPrevious;
    }
    frame.oldestLsn = lsn;
    frame.flushPrevious = after;
    frame.flushNext = after.flushNext;
    after.flushNext.flushPrevious = frame;
    after.flushNext = frame;
    count++;
  }

  private void unlink(Frame frame) {
    frame.flushPrevious.flushNext = frame.flushNext;
    frame.flushNext.flushPrevious = frame.flushPrevious;
    frame.flushNext = null;
    frame.flushPrevious = null;
    frame.oldestLsn = 0;
    count--;
  }

  /**
   * Begins a flush of the page, which is latched; false when it is clean or being flushed already.
   */
  synchronized boolean beginFlush(Frame frame) {
    if (frame.oldestLsn == 0 || frame.flushing) {
      return false;
    }
    frame.flushing = true;
    frame.nextOldestLsn = 0;
    return true;
  }

  /** Ends a flush: the frozen copy is durable, or ({@code written} false) was given up. */
  synchronized void endFlush(Frame frame, boolean written) {
    frame.flushing = false;
    if (written) {
      long next = frame.nextOldestLsn;
      unlink(frame);
      if (next != 0) {
        insert(frame, next);
      }
    }
    frame.nextOldestLsn = 0;
    notifyAll();
  }

  /** Forgets a page of a dropped tablespace. */
  synchronized void discard(Frame frame) {
    if (frame.oldestLsn != 0 && !frame.flushing) {
      unlink(frame);
    }
  }

  synchronized int count() {
    return count;
  }

  /** The oldest modification, or {@code Long.MAX_VALUE}. */
  synchronized long oldestLsn() {
    return count == 0 ? Long.MAX_VALUE : sentinel.flushNext.oldestLsn;
  }

  /** Adds the oldest pages that are not being flushed and were dirtied below the LSN, fixed. */
  synchronized void collect(List<Frame> into, int max, long belowLsn) {
    for (Frame at = sentinel.flushNext;
        at != sentinel && into.size() < max && at.oldestLsn < belowLsn;
        at = at.flushNext) {
      if (!at.flushing && at.tryFix()) {
        into.add(at);
      }
    }
  }
}
