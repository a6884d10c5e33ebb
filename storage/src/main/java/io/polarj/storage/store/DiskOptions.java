package io.polarj.storage.store;

/**
 * Memory of an open disk.
 *
 * @param logCacheBytes payloads of log entries kept for reading
 * @param writeBackBytes applied sectors that gather before writing them to their blocks begins
 */
public record DiskOptions(long logCacheBytes, long writeBackBytes) {
  public static final DiskOptions DEFAULT = new DiskOptions(64L << 20, 16L << 20);

  public DiskOptions {
    if (logCacheBytes < 0 || writeBackBytes < 0) {
      throw new IllegalArgumentException("negative memory sizes");
    }
  }
}
