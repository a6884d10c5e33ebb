package io.polarj.engine.mtr;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;

/**
 * The latch of every tree, by index id. Whoever walks down a tree holds it shared until the leaf is
 * latched; whoever changes its structure holds it exclusively from before the mtr to after its
 * commit; a replica applies a group marked as a structure change under the exclusive latch (R4).
 * Taken before page latches. Not reentrant. Any thread.
 */
public final class TreeLatches {
  private final ConcurrentHashMap<Long, StampedLock> latches = new ConcurrentHashMap<>();

  /** The tree's latch, made when it is first asked for. */
  public StampedLock of(long indexId) {
    StampedLock latch = latches.get(indexId);
    return latch != null ? latch : latches.computeIfAbsent(indexId, id -> new StampedLock());
  }

  /** Forgets the latch of a tree that was dropped and that nobody uses any more. */
  public void remove(long indexId) {
    latches.remove(indexId);
  }
}
