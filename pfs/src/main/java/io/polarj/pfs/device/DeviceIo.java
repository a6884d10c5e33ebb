package io.polarj.pfs.device;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Transfers with a volume, split into pieces that the device takes, and waited for where the caller
 * wants that. Any thread.
 */
public final class DeviceIo {
  /** The largest single request. */
  static final int PIECE_BYTES = 1 << 20;

  private static final int POOLED = 8;
  private static final Thread OTHER_THREAD = Thread.ofPlatform().unstarted(() -> {});

  private final VolumeDevice device;
  private final ArrayBlockingQueue<MemorySegment> pool = new ArrayBlockingQueue<>(POOLED);

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
    MemorySegment memory = borrow(length);
    try {
      MemorySegment part = memory.asSlice(0, length);
      read(offset, part);
      return part.toArray(ValueLayout.JAVA_BYTE);
    } finally {
      giveBack(memory);
    }
  }

  public void writeBytes(long offset, byte[] bytes) throws IOException {
    MemorySegment memory = borrow(bytes.length);
    try {
      MemorySegment part = memory.asSlice(0, bytes.length);
      MemorySegment.copy(bytes, 0, part, ValueLayout.JAVA_BYTE, 0, bytes.length);
      write(offset, part);
    } finally {
      giveBack(memory);
    }
  }

  /**
   * Memory that the device's threads may touch, at least that large. Give it back when no transfer
   * uses it.
   */
  public MemorySegment borrow(long bytes) {
    MemorySegment pooled = bytes <= PIECE_BYTES ? pool.poll() : null;
    return pooled != null
        ? pooled
        : Arena.ofAuto().allocate(Math.max(bytes, PIECE_BYTES), VolumeDevice.ALIGNMENT);
  }

  public void giveBack(MemorySegment memory) {
    if (memory.byteSize() == PIECE_BYTES) {
      pool.offer(memory);
    }
  }

  /** Whether the device's threads may touch the memory: not when it is confined to its owner's. */
  public static boolean sharable(MemorySegment memory) {
    return memory.isNative() && memory.isAccessibleBy(OTHER_THREAD);
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
