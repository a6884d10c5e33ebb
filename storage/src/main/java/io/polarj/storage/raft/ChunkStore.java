package io.polarj.storage.raft;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;

/**
 * The data blocks of one chunk replica: what decided entries are applied to. Offsets and lengths
 * are multiples of 4096. Never-written bytes read as zero. Callbacks run later on the replica's
 * loop. Overlapping requests are never in flight together; the replica sees to that.
 */
public interface ChunkStore {
  /** In place of an era: the present content. */
  int PRESENT = Integer.MAX_VALUE;

  /** The chunk's size in bytes. */
  long size();

  /** Writes the bytes; readable when done, durable only after {@link #sync}. */
  void write(long offset, byte[] payload, IoCallback done);

  /** Forgets the range, which then reads as zeros; durable only after {@link #sync}. */
  default void discard(long offset, long length, IoCallback done) {
    write(offset, new byte[Math.toIntExact(length)], done);
  }

  /** Writes what belongs to an era: what earlier snapshots show does not change. */
  default void write(long offset, byte[] payload, Era era, IoCallback done) {
    write(offset, payload, done);
  }

  /** Forgets a range from that era on. */
  default void discard(long offset, long length, Era era, IoCallback done) {
    discard(offset, length, done);
  }

  /** Which snapshots there are after what was applied so far. */
  default void snapshots(SnapshotSet known) {}

  /** Makes what a snapshot shows the content from that era on, of which it is the first entry. */
  default void restore(int snapshot, Era era, IoCallback done) {
    done.completed(new java.io.IOException("these blocks have no snapshots"));
  }

  /** Reads and verifies what a snapshot shows. */
  default void read(int snapshot, long offset, int length, ReadCallback done) {
    done.completed(null, new java.io.IOException("these blocks have no snapshots"));
  }

  /** As {@link #nextWritten}, of what was the content in that era. */
  default long nextWritten(int era, long offset) {
    return nextWritten(offset);
  }

  /**
   * The first offset at or after this one, a multiple of 64 KiB or the given one, where the content
   * of two eras may differ, or {@link #size()}.
   */
  default long nextDifferent(int era, int other, long offset) {
    return size();
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
