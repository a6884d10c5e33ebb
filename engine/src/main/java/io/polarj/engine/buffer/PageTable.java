package io.polarj.engine.buffer;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Hash from page id to frame. Lookups take no lock: they may miss a page while chains change, so a
 * miss is confirmed under the chain's lock before anything follows from it.
 */
final class PageTable {
  private static final int LOCKS = 64;
  private static final int MAX_STEPS = 64;

  private final AtomicReferenceArray<Frame> heads;
  private final Object[] locks = new Object[LOCKS];
  private final int mask;

  PageTable(int frames) {
    int size = Math.max(LOCKS, Integer.highestOneBit(Math.max(1, frames)) * 2);
    heads = new AtomicReferenceArray<>(size);
    mask = size - 1;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new Object();
    }
  }

  private int chain(long pageId) {
    long h = pageId * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 40) & mask;
  }

  /** A frame that probably holds the page: fix it and look at its id again. Null: perhaps none. */
  Frame find(long pageId) {
    Frame frame = heads.get(chain(pageId));
    for (int steps = 0; frame != null && steps < MAX_STEPS; steps++) {
      if (frame.pageId == pageId) {
        return frame;
      }
      frame = frame.hashNext;
    }
    return null;
  }

  /** The frame of the page, or null when there is certainly none. */
  Frame findSurely(long pageId) {
    int chain = chain(pageId);
    synchronized (locks[chain % LOCKS]) {
      return scan(chain, pageId);
    }
  }

  private Frame scan(int chain, long pageId) {
    Frame frame = heads.get(chain);
    while (frame != null && frame.pageId != pageId) {
      frame = frame.hashNext;
    }
    return frame;
  }

  /** Gives the frame to the page with one fix, or returns the frame that has it already. */
  Frame insert(long pageId, Frame fresh) {
    int chain = chain(pageId);
    synchronized (locks[chain % LOCKS]) {
      Frame present = scan(chain, pageId);
      if (present != null) {
        return present;
      }
      fresh.pageId = pageId;
      fresh.hashNext = heads.get(chain);
      fresh.open(1);
      heads.set(chain, fresh);
      return null;
    }
  }

  void remove(Frame frame, long pageId) {
    int chain = chain(pageId);
    synchronized (locks[chain % LOCKS]) {
      Frame at = heads.get(chain);
      if (at == frame) {
        heads.set(chain, frame.hashNext);
        return;
      }
      while (at.hashNext != frame) {
        at = at.hashNext;
      }
      at.hashNext = frame.hashNext;
    }
  }
}
