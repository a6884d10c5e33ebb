package io.polarj.pfs.polarswitch;

import io.polarj.platform.disk.IoCallback;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.StorageLimits;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One read or write of the volume, cut into pieces. Its callback is told once. */
final class VolumeIo {
  final boolean write;
  final long offset;
  final long deadlineNanos;
  final List<Piece> pieces = new ArrayList<>(1);
  private final IoCallback done;
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
    return (write ? "write" : "read") + " at " + offset;
  }
}
