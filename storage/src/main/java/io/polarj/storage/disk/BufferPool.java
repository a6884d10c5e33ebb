package io.polarj.storage.disk;

import io.polarj.platform.disk.AlignedBuffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Aligned direct buffers for reuse, in sizes of powers of two from 4 KiB, because making one costs
 * more than the I/O it carries. What is given back beyond the limit of a size is left to the
 * collector. One loop only.
 */
public final class BufferPool {
  private static final int SMALLEST_SHIFT = 12;
  private static final int CLASSES = 14;
  private static final long KEEP_BYTES_PER_CLASS = 8L << 20;

  private final ArrayDeque<ByteBuffer>[] free;

  public BufferPool() {
    @SuppressWarnings("unchecked")
    ArrayDeque<ByteBuffer>[] made = new ArrayDeque[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      made[i] = new ArrayDeque<>();
    }
    free = made;
  }

  /**
   * A buffer of at least that many bytes, little-endian, its limit at {@code bytes}, not zeroed.
   */
  public ByteBuffer take(int bytes) {
    int sizeClass = sizeClass(bytes);
    ByteBuffer buffer = free[sizeClass].pollLast();
    if (buffer == null) {
      buffer = AlignedBuffers.allocate(1 << (SMALLEST_SHIFT + sizeClass));
    }
    return buffer.clear().limit(bytes);
  }

  /** The caller forgets the buffer. */
  public void give(ByteBuffer buffer) {
    int sizeClass = sizeClass(buffer.capacity());
    ArrayDeque<ByteBuffer> list = free[sizeClass];
    if ((long) (list.size() + 1) * buffer.capacity() <= KEEP_BYTES_PER_CLASS) {
      list.addLast(buffer);
    }
  }

  private static int sizeClass(int bytes) {
    int shift = 32 - Integer.numberOfLeadingZeros(Math.max(bytes, 1 << SMALLEST_SHIFT) - 1);
    int sizeClass = shift - SMALLEST_SHIFT;
    if (sizeClass >= CLASSES) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes is too large");
    }
    return sizeClass;
  }
}
