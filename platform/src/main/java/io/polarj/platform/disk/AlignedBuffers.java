package io.polarj.platform.disk;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Direct buffers that a {@link BlockDevice} takes without a copy. */
public final class AlignedBuffers {
  private AlignedBuffers() {}

  /** Zeroed, aligned to {@link BlockDevice#ALIGNMENT}, little-endian, of exactly that size. */
  public static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(Math.addExact(bytes, BlockDevice.ALIGNMENT))
        .alignedSlice(BlockDevice.ALIGNMENT)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether the buffer's remaining bytes may go to a device. */
  public static boolean aligned(ByteBuffer buffer) {
    return buffer.isDirect()
        && buffer.remaining() % BlockDevice.ALIGNMENT == 0
        && MemorySegment.ofBuffer(buffer).address() % BlockDevice.ALIGNMENT == 0;
  }

  /** The checks that every device owes its callers. */
  public static void check(long size, long offset, ByteBuffer buffer) {
    if (!aligned(buffer)) {
      throw new IllegalArgumentException(
          "buffer must be direct and its address and its "
              + buffer.remaining()
              + " remaining bytes multiples of "
              + BlockDevice.ALIGNMENT);
    }
    if (offset % BlockDevice.ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "offset " + offset + " is not a multiple of " + BlockDevice.ALIGNMENT);
    }
    if (buffer.remaining() == 0 || offset < 0 || offset > size - buffer.remaining()) {
      throw new IllegalArgumentException(
          "bytes " + offset + " + " + buffer.remaining() + " on a device of " + size + " bytes");
    }
  }
}
