package io.polarj.engine.buffer;

import java.util.List;

/**
 * Pages by recent use, with midpoint insertion: a page enters the old part (the last three eighths)
 * and becomes young when it is used again later than a moment after its first use, so that a scan
 * does not push out the working set. Hits take the lock only when a page has to move, which is
 * rarely: a young page moves only when a quarter of the list has passed it.
 */
final class Lru {
  private static final long OLD_NANOS = 1_000_000_000L;

  // Circular lists around sentinels; next of a sentinel is its newest.
  private final Frame young = new Frame(java.lang.foreign.MemorySegment.NULL);
  private final Frame aged = new Frame(java.lang.foreign.MemorySegment.NULL);
  private final int movesBeforeRefresh;
  private int youngCount;
  private int oldCount;
  private volatile long ticks;

  Lru(int frames) {
    movesBeforeRefresh = Math.max(1, frames / 4);
    young.lruNext = young;
    young.lruPrevious = young;
    aged.lruNext = aged;
    aged.lruPrevious = aged;
  }

  void touch(Frame frame) {
    if (frame.old) {
      if (System.nanoTime() - frame.firstUseNanos > OLD_NANOS) {
        makeYoung(frame);
      }
    } else if (ticks - frame.tick > movesBeforeRefresh) {
      makeYoung(frame);
    }
  }

  private synchronized void makeYoung(Frame frame) {
    if (!frame.inLru) {
      return;
    }
    unlink(frame);
    link(frame, young, false);
    while (youngCount > (youngCount + oldCount) * 5 / 8 + 1) {
      Frame last = young.lruPrevious;
      unlink(last);
      link(last, aged, true);
      last.firstUseNanos = System.nanoTime() - OLD_NANOS;
    }
  }

  /** A page that was just brought in. */
  synchronized void add(Frame frame) {
    frame.firstUseNanos = System.nanoTime();
    link(frame, aged, true);
  }

  synchronized void remove(Frame frame) {
    if (frame.inLru) {
      unlink(frame);
    }
  }

  private void link(Frame frame, Frame list, boolean old) {
    frame.lruNext = list.lruNext;
    frame.lruPrevious = list;
    list.lruNext.lruPrevious = frame;
    list.lruNext = frame;
    frame.old = old;
    frame.inLru = true;
    frame.tick = ++ticks;
    if (old) {
      oldCount++;
    } else {
      youngCount++;
    }
  }

  private void unlink(Frame frame) {
    frame.lruPrevious.lruNext = frame.lruNext;
    frame.lruNext.lruPrevious = frame.lruPrevious;
    frame.lruNext = null;
    frame.lruPrevious = null;
    frame.inLru = false;
    if (frame.old) {
      oldCount--;
    } else {
      youngCount--;
    }
  }

  /**
   * Takes the least recently used clean page that nobody holds out of the list, or returns null.
   * Dirty ones seen on the way, at most {@code maxDirty}, are added to {@code dirty}.
   */
  synchronized Frame takeVictim(int maxSteps, List<Frame> dirty, int maxDirty) {
    int steps = 0;
    for (Frame list = aged; ; list = young) {
      for (Frame at = list.lruPrevious; at != list && steps < maxSteps; at = at.lruPrevious) {
        steps++;
        if (at.dirty()) {
          if (dirty.size() < maxDirty && !at.isFixed()) {
            dirty.add(at);
          }
        } else if (at.tryTake()) {
          if (!at.dirty()) {
            unlink(at);
            return at;
          }
          at.open(0);
        }
      }
      if (list == young) {
        return null;
      }
    }
  }
}
