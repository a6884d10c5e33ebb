package io.polarj.pfs.device;

import io.polarj.platform.disk.IoCallback;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A volume as one range of bytes. PolarSwitch is the real one (replicated chunks); a local file and
 * a memory device stand in for it in tests.
 *
 * <p>Offsets and lengths are multiples of {@link #ALIGNMENT}; segments are native. A segment must
 * stay unchanged until the callback. A completed write is durable (S1) and seen by every read that
 * begins after it (S2). A write of at most {@link #ATOMIC_BYTES} that does not cross a multiple of
 * its own size rounded up to a power of two is atomic across crashes (S3). Two overlapping writes
 * must not be in flight at once (S7). Callbacks run on a thread of the device and must not block;
 * any thread may call.
 */
public interface VolumeDevice extends AutoCloseable {
  int ALIGNMENT = 4096;
  int ATOMIC_BYTES = 16384;

  /** Bytes; may grow while the volume is open. */
  long size();

  /** Finds out whether the volume has grown; ends with its size. */
  default CompletableFuture<Long> refreshSize() {
    return CompletableFuture.completedFuture(size());
  }

  /** Has a listener told, on some thread where it must not block, whenever the volume has grown. */
  default void whenGrown(Runnable listener) {}

  boolean readOnly();

  void read(long offset, MemorySegment target, IoCallback done);

  void write(long offset, MemorySegment source, IoCallback done);

  /**
   * The range is not used any more: a device that can gives back what room of it it can, and what
   * it gives back reads as zeros; the rest is left as it was. Ordered against writes like a write.
   */
  default void discard(long offset, long bytes, IoCallback done) {
    done.completed(null);
  }

  @Override
  void close();
}
