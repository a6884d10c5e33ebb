package io.polarj.storage.raft;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;

/**
 * The data blocks of one chunk replica: what decided entries are applied to. Offsets and lengths
 * are multiples of 4096. Never-written bytes read as zero. Callbacks run later on the replica's
 * loop. Overlapping requests are never in flight together; the replica sees to that.
 */
public interface ChunkStore {
  /** The chunk's size in bytes. */
  long size();

  /** Writes the bytes; readable when done, durable only after {@link #sync}. */
  void write(long offset, byte[] payload, IoCallback done);

  /** Forgets the range, which then reads as zeros; durable only after {@link #sync}. */
  default void discard(long offset, long length, IoCallback done) {
    write(offset, new byte[Math.toIntExact(length)], done);
  }

  /** Reads and verifies blocks. */
  void read(long offset, int length, ReadCallback done);

  /** Makes every write completed before this call durable. */
  void sync(IoCallback done);

  /**
   * The first offset at or after this one, a multiple of 4096, whose bytes were ever written, or
   * {@link #size()}: a full copy skips what is not there.
   */
  long nextWritten(long offset);

  /** Exactly one of the arguments is null. */
  @FunctionalInterface
  interface ReadCallback {
    void completed(byte[] bytes, IOException error);
  }
}
