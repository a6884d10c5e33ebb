package io.polarj.pfs.polarswitch;

import io.polarj.platform.disk.IoCallback;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.StorageLimits;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One read, write or discard of the volume, cut into pieces. Its callback is told once. */
final class VolumeIo {
  private static final long MOST_DISCARD_BYTES = 1L << 30;

  /** A write or a discard, which counts as one. */
  final boolean write;

  final long offset;
  final long deadlineNanos;
  final List<Piece> pieces = new ArrayList<>(1);
  private final IoCallback done;
  private final boolean discard;
  private int open;
  private boolean ended;

  VolumeIo(
      boolean write,
      long offset,
      MemorySegment memory,
      long volume,
      long chunkBytes,
      long deadlineNanos,
      IoCallback done) {
    this.write = write;
    this.discard = false;
    this.offset = offset;
    this.deadlineNanos = deadlineNanos;
    this.done = done;
    int most = write ? StorageLimits.MAX_WRITE_BYTES : StorageLimits.MAX_READ_BYTES;
    long at = 0;
    while (at < memory.byteSize()) {
      long position = offset + at;
      long inChunk = position % chunkBytes;
      long length = Math.min(Math.min(memory.byteSize() - at, chunkBytes - inChunk), most);
      ChunkId chunk = new ChunkId(volume, (int) (position / chunkBytes));
      pieces.add(new Piece(this, chunk, inChunk, memory.asSlice(at, length)));
      at += length;
    }
    open = pieces.size();
  }

  /** A discard of the whole blocks in the range, one piece per chunk; there may be none. */
  VolumeIo(
      long offset, long bytes, long volume, long chunkBytes, long deadlineNanos, IoCallback done) {
    this.write = true;
    this.discard = true;
    this.offset = offset;
    this.deadlineNanos = deadlineNanos;
    this.done = done;
    long unit = StorageLimits.BLOCK_BYTES;
    long end = offset + bytes;
    long at = offset;
    while (at < end) {
      long chunkStart = at / chunkBytes * chunkBytes;
      long next = Math.min(end, chunkStart + chunkBytes);
      long from = (at - chunkStart + unit - 1) / unit * unit;
      long length = (next - chunkStart) / unit * unit - from;
      ChunkId chunk = new ChunkId(volume, (int) (chunkStart / chunkBytes));
      for (long most; length > 0; from += most, length -= most) {
        most = Math.min(length, MOST_DISCARD_BYTES);
        pieces.add(new Piece(this, chunk, from, (int) most));
      }
      at = next;
    }
    open = pieces.size();
  }

  boolean ended() {
    return ended;
  }

  /** Whether that was the last piece. */
  boolean pieceDone() {
    open--;
    return open == 0;
  }

  void end(IOException error) {
    ended = true;
    done.completed(error);
  }

  String describe() {
    return (discard ? "discard" : write ? "write" : "read") + " at " + offset;
  }
}
