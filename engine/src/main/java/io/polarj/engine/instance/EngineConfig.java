package io.polarj.engine.instance;

import io.polarj.engine.kernel.KernelSettings;

/**
 * Settings of an engine.
 *
 * @param bufferPoolBytes memory for pages, at least 1 MiB
 * @param redoFileBytes size of each redo file, a multiple of 4096; fixed when the volume is made
 * @param logBufferBytes redo not yet written, a power of two of at least 4 MiB
 * @param maxCheckpointAgeBytes how far the checkpoint may be behind before writers wait
 * @param dirtyPercent share of the pool that may be dirty, 1 to 95
 * @param lockWaitSeconds how long a transaction waits for a lock if it does not say otherwise
 */
public record EngineConfig(
    long bufferPoolBytes,
    long redoFileBytes,
    int logBufferBytes,
    long maxCheckpointAgeBytes,
    int dirtyPercent,
    int lockWaitSeconds) {
  public EngineConfig {
    require(bufferPoolBytes >= 1 << 20, "bufferPoolBytes", bufferPoolBytes, "at least 1 MiB");
    require(
        redoFileBytes >= 256 << 10 && redoFileBytes % 4096 == 0,
        "redoFileBytes",
        redoFileBytes,
        "at least 256 KiB and a multiple of 4096");
    require(
        logBufferBytes >= 4 << 20 && Integer.bitCount(logBufferBytes) == 1,
        "logBufferBytes",
        logBufferBytes,
        "a power of two of at least 4 MiB");
    require(
        maxCheckpointAgeBytes >= 1 << 20,
        "maxCheckpointAgeBytes",
        maxCheckpointAgeBytes,
        "at least 1 MiB");
    require(dirtyPercent >= 1 && dirtyPercent <= 95, "dirtyPercent", dirtyPercent, "1 to 95");
    require(
        lockWaitSeconds >= 1 && lockWaitSeconds <= 1 << 30,
        "lockWaitSeconds",
        lockWaitSeconds,
        "1 to 2^30");
  }

  private static void require(boolean ok, String name, long value, String allowed) {
    if (!ok) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be " + allowed);
    }
  }

  public static EngineConfig defaults() {
    return new EngineConfig(256L << 20, 64L << 20, 16 << 20, 512L << 20, 75, 50);
  }

  /** For tests: small enough to cross every boundary. */
  public static EngineConfig small() {
    return new EngineConfig(4L << 20, 1L << 20, 4 << 20, 8L << 20, 50, 5);
  }

  public EngineConfig withBufferPoolBytes(long bytes) {
    return new EngineConfig(
        bytes, redoFileBytes, logBufferBytes, maxCheckpointAgeBytes, dirtyPercent, lockWaitSeconds);
  }

  public EngineConfig withLockWaitSeconds(int seconds) {
    return new EngineConfig(
        bufferPoolBytes,
        redoFileBytes,
        logBufferBytes,
        maxCheckpointAgeBytes,
        dirtyPercent,
        seconds);
  }

  KernelSettings kernel() {
    return new KernelSettings(
        bufferPoolBytes, redoFileBytes, logBufferBytes, maxCheckpointAgeBytes, dirtyPercent);
  }
}
