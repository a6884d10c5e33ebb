package io.polarj.engine.kernel;

/**
 * Sizes of a kernel.
 *
 * @param bufferPoolBytes memory for pages
 * @param redoFileBytes of each redo file, a multiple of 4096; fixed when the volume is made
 * @param logBufferBytes redo not yet written, a power of two of at least 4 MiB
 * @param maxCheckpointAgeBytes writers wait when the checkpoint is further behind than this
 * @param dirtyPercent share of the pool that may be dirty before flushing goes all out
 */
public record KernelSettings(
    long bufferPoolBytes,
    long redoFileBytes,
    int logBufferBytes,
    long maxCheckpointAgeBytes,
    int dirtyPercent) {

  public static KernelSettings defaults() {
    return new KernelSettings(256L << 20, 64L << 20, 16 << 20, 512L << 20, 75);
  }

  /** For tests: small enough to cross every boundary. */
  public static KernelSettings small() {
    return new KernelSettings(4L << 20, 1L << 20, 4 << 20, 8L << 20, 50);
  }

  public KernelSettings withBufferPoolBytes(long bytes) {
    return new KernelSettings(
        bytes, redoFileBytes, logBufferBytes, maxCheckpointAgeBytes, dirtyPercent);
  }
}
