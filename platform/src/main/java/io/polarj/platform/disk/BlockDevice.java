package io.polarj.platform.disk;

import java.nio.ByteBuffer;

/**
 * A disk, or a file that stands for one, read and written directly (no page cache) and
 * asynchronously.
 *
 * <p>Buffers are direct, their address, position, remaining bytes and the offset are multiples of
 * {@link #ALIGNMENT}; anything else is an {@link IllegalArgumentException} at the call. A buffer
 * belongs to the device until its callback. Callbacks run on the loop that the device was opened
 * for. Requests may complete in any order. A completed write is readable but not durable: only a
 * later completed {@link #flush} promises that every write completed before the flush was submitted
 * survives power loss. After a flush has failed every later one fails. Errors reach the callback;
 * no method throws for an I/O error. What is under way when the device is closed still ends.
 */
public interface BlockDevice extends AutoCloseable {
  int ALIGNMENT = 4096;

  /** Bytes. Fixed while the device is open. */
  long size();

  /** Fills the buffer's remaining bytes from the offset. */
  void read(long offset, ByteBuffer target, IoCallback done);

  /** Writes the buffer's remaining bytes at the offset. */
  void write(long offset, ByteBuffer source, IoCallback done);

  /** Makes every write that has completed before this call durable. */
  void flush(IoCallback done);

  @Override
  void close();
}
