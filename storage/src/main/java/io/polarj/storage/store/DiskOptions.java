package io.polarj.storage.store;

import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/**
 * Memory of an open disk.
 *
 * @param logCacheBytes payloads of log entries kept for reading
 * @param writeBackBytes applied sectors that gather before writing them to their blocks begins
 * @param slowMillis the disk is reported slow when half of its requests take longer; 0: never
 * @param planted bugs that a test plants; never set elsewhere
 */
public record DiskOptions(
    long logCacheBytes, long writeBackBytes, int slowMillis, Set<PlantedBug> planted) {
  private static final int DEFAULT_SLOW_MILLIS = 500;
  public static final DiskOptions DEFAULT = new DiskOptions(64L << 20, 16L << 20);

  public DiskOptions(long logCacheBytes, long writeBackBytes) {
    this(logCacheBytes, writeBackBytes, DEFAULT_SLOW_MILLIS, Set.of());
  }

  public DiskOptions withSlowMillis(int millis) {
    return new DiskOptions(logCacheBytes, writeBackBytes, millis, planted);
  }

  public DiskOptions planting(Set<PlantedBug> bugs) {
    return new DiskOptions(logCacheBytes, writeBackBytes, slowMillis, bugs);
  }

  public DiskOptions {
    planted = Set.copyOf(planted);
    if (logCacheBytes < 0 || writeBackBytes < 0 || slowMillis < 0) {
      throw new IllegalArgumentException("negative disk options");
    }
  }
}
