package io.polarj.pfs.polarswitch;

import io.polarj.storage.protocol.ChunkId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The part of a request that one message to one chunk carries. Lives on the switch's loop. */
final class Piece {
  final VolumeIo io;
  final ChunkId chunk;
  final long offset;

  /** Null for a discard. */
  final MemorySegment memory;

  private final int length;

  /** A write's sequence on its chunk, or a read's request id; 0 until it is first sent. */
  long id;

  /** Whom it was last sent to. */
  int node;

  /** {@link Route#confirmations} when it was last sent. */
  long confirmations;

  /** Sent and not answered yet; otherwise it pauses until it is due. */
  boolean awaiting;

  long dueNanos;
  int attempts;
  int hops;

  /** For the error of a request that ran out of time. */
  String lastRefusal = "nobody answered";

  /** Its place among the pieces in flight, -1 outside. */
  int place = -1;

  private byte[] payload;

  Piece(VolumeIo io, ChunkId chunk, long offset, MemorySegment memory) {
    this.io = io;
    this.chunk = chunk;
    this.offset = offset;
    this.memory = memory;
    this.length = (int) memory.byteSize();
  }

  /** A discard. */
  Piece(VolumeIo io, ChunkId chunk, long offset, int length) {
    this.io = io;
    this.chunk = chunk;
    this.offset = offset;
    this.memory = null;
    this.length = length;
  }

  boolean discards() {
    return memory == null;
  }

  int length() {
    return length;
  }

  /** A write's bytes, copied once for all attempts. */
  byte[] payload() {
    if (payload == null) {
      payload = memory.toArray(ValueLayout.JAVA_BYTE);
    }
    return payload;
  }

  void fill(byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
  }
}
