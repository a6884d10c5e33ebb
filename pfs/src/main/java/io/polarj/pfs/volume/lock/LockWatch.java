package io.polarj.pfs.volume.lock;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an observer has seen of the hosts' blocks, by its own clock. A block with the same
 * generation at two readings was not written in between, however long the observer slept.
 */
final class LockWatch {
  private record Sight(long generation, long sinceNanos, boolean changed) {}

  private final Map<Integer, Sight> sights = new HashMap<>();

  void saw(List<LockBlock> blocks, long atNanos) {
    for (LockBlock block : blocks) {
      Sight before = sights.get(block.slot());
      if (before == null || before.generation() != block.generation()) {
        sights.put(block.slot(), new Sight(block.generation(), atNanos, before != null));
      }
    }
  }

  /** Whether its host wrote it while it was watched. */
  boolean hasChanged(int slot) {
    Sight sight = sights.get(slot);
    return sight != null && sight.changed();
  }

  /** Whether its host has not written it for so long that its lease has ended. */
  boolean isQuiet(LockBlock block, long atNanos) {
    Sight sight = sights.get(block.slot());
    return sight != null
        && sight.generation() == block.generation()
        && atNanos - sight.sinceNanos() >= LockSettings.quietNanos(block.leaseMillis());
  }
}
