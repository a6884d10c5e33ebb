package io.polarj.pfs.device;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.lock.EpochFence;
import io.polarj.pfs.volume.lock.LockArea;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A volume in memory for tests. It can be told to die at the n-th write: that write takes effect
 * only in part (whole sectors), as the contract allows for writes that were never acknowledged, and
 * all later requests fail. Like the chunks of a volume it refuses writes under an epoch older than
 * the newest one; each handle is its own {@link EpochFence}.
 */
public final class MemoryVolumeDevice implements VolumeDevice, EpochFence {
  private final MemorySegment bytes;
  private final AtomicLong newestEpoch;
  private final AtomicLong visible;
  private boolean readOnly;
  private long epoch;
  private long writes;
  private long discardedBytes;
  private long dieAtWrite = Long.MAX_VALUE;
  private int sectorsOfLastWrite;
  private boolean dead;
  private long diedAt = -1;
  private long reads;
  private long bytesRead;

  public MemoryVolumeDevice(long size) {
    this(size, size);
  }

  /** A volume that is going to grow. */
  public MemoryVolumeDevice(long size, long sizeLater) {
    this(
        Arena.ofAuto().allocate(sizeLater, ALIGNMENT),
        new AtomicLong(1),
        new AtomicLong(size),
        false);
  }

  private MemoryVolumeDevice(
      MemorySegment bytes, AtomicLong newestEpoch, AtomicLong visible, boolean readOnly) {
    this.bytes = bytes;
    this.visible = visible;
    this.newestEpoch = newestEpoch;
    this.epoch = newestEpoch.get();
    this.readOnly = readOnly;
  }

  /** The same bytes through another device, as after a restart or on another host. */
  public MemoryVolumeDevice reopen(boolean asReadOnly) {
    return new MemoryVolumeDevice(bytes, newestEpoch, visible, asReadOnly);
  }

  /**
   * From now on counts writes, but not those of the lock, which come by a clock; the n-th (from 0)
   * applies only its first {@code sectors} sectors and ends everything.
   */
  public synchronized void dieAtWrite(long n, int sectors) {
    writes = 0;
    dieAtWrite = n;
    sectorsOfLastWrite = sectors;
  }

  public synchronized long writes() {
    return writes;
  }

  public synchronized boolean dead() {
    return dead;
  }

  /** Bytes as they stand, for tests that damage them. */
  public MemorySegment memory() {
    return bytes;
  }

  @Override
  public long size() {
    return visible.get();
  }

  /** The volume grows to its later size. */
  public void growUp() {
    visible.set(bytes.byteSize());
  }

  /** Where the write stood that the device died at. */
  public synchronized long diedAt() {
    return diedAt;
  }

  public synchronized long reads() {
    return reads;
  }

  public synchronized long bytesRead() {
    return bytesRead;
  }

  @Override
  public synchronized boolean readOnly() {
    return readOnly;
  }

  @Override
  public boolean enforced() {
    return true;
  }

  @Override
  public synchronized long epoch() {
    return epoch;
  }

  /** The newest epoch becomes this handle's alone. */
  public MemoryVolumeDevice withNewEpoch() {
    raise(newestEpoch.get());
    return this;
  }

  @Override
  public synchronized CompletableFuture<Long> raise(long from) {
    if (!newestEpoch.compareAndSet(from, from + 1)) {
      return CompletableFuture.failedFuture(
          new PfsException(Errno.EBUSY, "the epoch is " + newestEpoch + ", not " + from));
    }
    epoch = from + 1;
    readOnly = false;
    return CompletableFuture.completedFuture(epoch);
  }

  @Override
  public void read(long offset, MemorySegment target, IoCallback done) {
    synchronized (this) {
      check(offset, target);
      if (!dead) {
        reads++;
        bytesRead += target.byteSize();
        target.copyFrom(bytes.asSlice(offset, target.byteSize()));
        done.completed(null);
        return;
      }
    }
    done.completed(new IOException("the device is dead"));
  }

  @Override
  public void write(long offset, MemorySegment source, IoCallback done) {
    synchronized (this) {
      check(offset, source);
      if (readOnly) {
        throw new IllegalStateException("a write through a read-only device");
      }
      if (epoch < newestEpoch.get()) {
        done.completed(new PfsException(Errno.ESTALE, "epoch " + epoch + " is fenced"));
        return;
      }
      boolean renewal = offset >= LockArea.OFFSET && offset < LockArea.OFFSET + LockArea.BYTES;
      if (!dead && (renewal || writes++ < dieAtWrite)) {
        bytes.asSlice(offset, source.byteSize()).copyFrom(source);
        done.completed(null);
        return;
      }
      if (!dead) {
        long part = Math.min(source.byteSize(), (long) sectorsOfLastWrite * ALIGNMENT);
        bytes.asSlice(offset, part).copyFrom(source.asSlice(0, part));
        dead = true;
        diedAt = offset;
      }
    }
    done.completed(new IOException("the device is dead"));
  }

  /** Zeros at once, the whole range. */
  @Override
  public void discard(long offset, long length, IoCallback done) {
    IOException error = null;
    synchronized (this) {
      if (readOnly) {
        throw new IllegalStateException("a discard through a read-only device");
      }
      if (dead) {
        error = new IOException("the device is dead");
      } else if (epoch < newestEpoch.get()) {
        error = new PfsException(Errno.ESTALE, "epoch " + epoch + " is fenced");
      } else {
        bytes.asSlice(offset, length).fill((byte) 0);
        discardedBytes += length;
      }
    }
    done.completed(error);
  }

  public synchronized long discardedBytes() {
    return discardedBytes;
  }

  private void check(long offset, MemorySegment memory) {
    if (offset % ALIGNMENT != 0
        || memory.byteSize() % ALIGNMENT != 0
        || memory.address() % ALIGNMENT != 0
        || !DeviceIo.sharable(memory)
        || offset + memory.byteSize() > visible.get()) {
      throw new IllegalArgumentException("offset " + offset + ", " + memory.byteSize() + " bytes");
    }
  }

  @Override
  public void close() {}
}
