package io.polarj.pfs.device;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A volume in memory for tests. It can be told to die at the n-th write: that write takes effect
 * only in part (whole sectors), as the contract allows for writes that were never acknowledged, and
 * all later requests fail.
 */
public final class MemoryVolumeDevice implements VolumeDevice {
  private final MemorySegment bytes;
  private final boolean readOnly;
  private long writes;
  private long dieAtWrite = Long.MAX_VALUE;
  private int sectorsOfLastWrite;
  private boolean dead;

  public MemoryVolumeDevice(long size) {
    this(Arena.ofAuto().allocate(size, ALIGNMENT), false);
  }

  private MemoryVolumeDevice(MemorySegment bytes, boolean readOnly) {
    this.bytes = bytes;
    this.readOnly = readOnly;
  }

  /** The same bytes through another device, as after a restart or on another host. */
  public MemoryVolumeDevice reopen(boolean asReadOnly) {
    return new MemoryVolumeDevice(bytes, asReadOnly);
  }

  /**
   * From now on counts writes; the n-th (from 0) applies only its first {@code sectors} sectors and
   * ends everything.
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
    return bytes.byteSize();
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, MemorySegment target, IoCallback done) {
    synchronized (this) {
      check(offset, target);
      if (!dead) {
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
      if (!dead && writes++ < dieAtWrite) {
        bytes.asSlice(offset, source.byteSize()).copyFrom(source);
        done.completed(null);
        return;
      }
      if (!dead) {
        long part = Math.min(source.byteSize(), (long) sectorsOfLastWrite * ALIGNMENT);
        bytes.asSlice(offset, part).copyFrom(source.asSlice(0, part));
        dead = true;
      }
    }
    done.completed(new IOException("the device is dead"));
  }

  private void check(long offset, MemorySegment memory) {
    if (offset % ALIGNMENT != 0
        || memory.byteSize() % ALIGNMENT != 0
        || memory.address() % ALIGNMENT != 0
        || !DeviceIo.sharable(memory)
        || offset + memory.byteSize() > bytes.byteSize()) {
      throw new IllegalArgumentException("offset " + offset + ", " + memory.byteSize() + " bytes");
    }
  }

  @Override
  public void close() {}
}
