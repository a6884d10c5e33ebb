package io.polarj.pfs.device;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Transfers with a volume, split into pieces that the device takes, and waited for where the caller
 * wants that. Any thread.
 */
public final class DeviceIo {
  /** The largest single request. */
  static final int PIECE_BYTES = 1 << 20;

  private final VolumeDevice device;

  public DeviceIo(VolumeDevice device) {
    this.device = device;
  }

  public VolumeDevice device() {
    return device;
  }

  public void readAsync(long offset, MemorySegment target, IoCallback done) {
    transfer(false, offset, target, done);
  }

  public void writeAsync(long offset, MemorySegment source, IoCallback done) {
    transfer(true, offset, source, done);
  }

  private void transfer(boolean write, long offset, MemorySegment memory, IoCallback done) {
    long bytes = memory.byteSize();
    int pieces = (int) Math.ceilDiv(bytes, (long) PIECE_BYTES);
    IoCallback each = pieces <= 1 ? done : new Pieces(pieces, done);
    if (bytes == 0) {
      done.completed(null);
      return;
    }
    for (long at = 0; at < bytes; at += PIECE_BYTES) {
      MemorySegment piece = memory.asSlice(at, Math.min(PIECE_BYTES, bytes - at));
      if (write) {
        device.write(offset + at, piece, each);
      } else {
        device.read(offset + at, piece, each);
      }
    }
  }

  public void read(long offset, MemorySegment target) throws IOException {
    IoWait wait = new IoWait();
    readAsync(offset, target, wait);
    wait.await("read", offset);
  }

  public void write(long offset, MemorySegment source) throws IOException {
    IoWait wait = new IoWait();
    writeAsync(offset, source, wait);
    wait.await("write", offset);
  }

  public byte[] readBytes(long offset, int length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(length, VolumeDevice.ALIGNMENT);
      read(offset, memory);
      return memory.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  public void writeBytes(long offset, byte[] bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes.length, VolumeDevice.ALIGNMENT);
      MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
      write(offset, memory);
    }
  }

  /** Tells one callback when all pieces have ended, with the first error. */
  private static final class Pieces implements IoCallback {
    private final AtomicInteger left;
    private final AtomicReference<IOException> first = new AtomicReference<>();
    private final IoCallback done;

    Pieces(int count, IoCallback done) {
      this.left = new AtomicInteger(count);
      this.done = done;
    }

    @Override
    public void completed(IOException error) {
      if (error != null) {
        first.compareAndSet(null, error);
      }
      if (left.decrementAndGet() == 0) {
        done.completed(first.get());
      }
    }
  }
}
