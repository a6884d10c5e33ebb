package io.polarj.engine.buffer;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The latch of each B+tree, shared by the trees of this node and the replica's applier: descents
 * hold it shared, structure changes exclusively (R4).
 */
public final class TreeLatches {
  private final ConcurrentHashMap<Long, ReentrantReadWriteLock> latches = new ConcurrentHashMap<>();

  /** The index's latch; keep it instead of asking again. */
  public ReentrantReadWriteLock of(long indexId) {
    return latches.computeIfAbsent(indexId, _ -> new ReentrantReadWriteLock());
  }

  /** Forgets a dropped index. */
  public void remove(long indexId) {
    latches.remove(indexId);
  }
}
