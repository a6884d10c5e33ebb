package io.polarj.storage.store;

import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/**
 * Memory of an open disk.
 *
 * @param logCacheBytes payloads of log entries kept for reading
 * @param writeBackBytes applied sectors that gather before writing them to their blocks begins
 * @param planted bugs that a test plants; never set elsewhere
 */
public record DiskOptions(long logCacheBytes, long writeBackBytes, Set<PlantedBug> planted) {
  public static final DiskOptions DEFAULT = new DiskOptions(64L << 20, 16L << 20);

  public DiskOptions(long logCacheBytes, long writeBackBytes) {
    this(logCacheBytes, writeBackBytes, Set.of());
  }

  public DiskOptions {
    planted = Set.copyOf(planted);
    if (logCacheBytes < 0 || writeBackBytes < 0) {
      throw new IllegalArgumentException("negative memory sizes");
    }
  }
}
