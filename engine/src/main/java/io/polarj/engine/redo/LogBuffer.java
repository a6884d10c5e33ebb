package io.polarj.engine.redo;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ring of payload bytes between many mini-transactions and the one that writes. A producer
 * reserves with one atomic addition, waits until the range is free, copies, and publishes by
 * setting the group's first word last; the consumer walks published groups in order and zeroes what
 * it has taken, so that a zero first word always means "not published". No lock.
 */
final class LogBuffer {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle WORDS = WORD.varHandle();

  private final MemorySegment ring;
  private final long capacity;
  private final AtomicLong reserved = new AtomicLong();
  private volatile long taken;
  private long walked;

  /** {@code capacity} is a power of two. */
  LogBuffer(Arena arena, int capacity, long position) {
    if (Integer.bitCount(capacity) != 1 || capacity < 2 * RedoFormat.MAX_GROUP_BYTES) {
      throw new IllegalArgumentException(
          "log buffer of "
              + capacity
              + " bytes: has to be a power of two and at least "
              + 2 * RedoFormat.MAX_GROUP_BYTES);
    }
    this.capacity = capacity;
    this.ring = arena.allocate(capacity, 4096);
    reserved.set(position);
    taken = position;
    walked = position;
  }

  long reserved() {
    return reserved.get();
  }

  long taken() {
    return taken;
  }

  /** Returns where the group begins. */
  long reserve(int length) {
    return reserved.getAndAdd(length);
  }

  boolean hasRoom(long position, int length) {
    return position + length - taken <= capacity;
  }

  /** Copies a group into its reserved range, which has room, and publishes it. */
  void publish(long position, byte[] group, int length) {
    copyIn(position + 8, group, 8, length - 8);
    long word = (group[0] & 0xffL) | (group[1] & 0xffL) << 8 | (group[2] & 0xffL) << 16;
    word |= (group[3] & 0xffL) << 24 | (group[4] & 0xffL) << 32 | (group[5] & 0xffL) << 40;
    word |= (group[6] & 0xffL) << 48 | (group[7] & 0xffL) << 56;
    WORDS.setRelease(ring, position & (capacity - 1), word);
  }

  private void copyIn(long position, byte[] source, int offset, int length) {
    long at = position & (capacity - 1);
    int first = (int) Math.min(length, capacity - at);
    MemorySegment.copy(source, offset, ring, ValueLayout.JAVA_BYTE, at, first);
    MemorySegment.copy(source, offset + first, ring, ValueLayout.JAVA_BYTE, 0, length - first);
  }

  // Consumer's side: under the log writer's lock.

  /**
   * Up to where all groups are published. In a full ring the place of the next group still holds
   * bytes that are not taken, so the walk ends where a group's first word has no room.
   */
  long published() {
    while (walked < reserved.get() && hasRoom(walked, Long.BYTES)) {
      long word = (long) WORDS.getAcquire(ring, walked & (capacity - 1));
      int length = (int) word;
      if (length == 0) {
        break;
      }
      walked += length;
    }
    return walked;
  }

  void copyOut(long position, MemorySegment target, long offset, int length) {
    long at = position & (capacity - 1);
    long first = Math.min(length, capacity - at);
    MemorySegment.copy(ring, at, target, offset, first);
    MemorySegment.copy(ring, 0, target, offset + first, length - first);
  }

  /** Gives the range up to the position back to producers. */
  void take(long upTo) {
    long from = taken;
    long at = from & (capacity - 1);
    long first = Math.min(upTo - from, capacity - at);
    ring.asSlice(at, first).fill((byte) 0);
    ring.asSlice(0, upTo - from - first).fill((byte) 0);
    taken = upTo;
  }
}
