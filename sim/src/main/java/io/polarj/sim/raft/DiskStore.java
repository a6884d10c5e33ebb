package io.polarj.sim.raft;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.sim.history.Violation;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.ChunkStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A chunk's blocks at a fixed place of the device; fails the run when requests overlap. */
final class DiskStore implements ChunkStore {
  private final BlockDevice device;
  private final long base;
  private final long size;
  private final BufferPool buffers;
  private final DiskLog log;
  private final Supplier<AppliedEntries> applied;
  private final List<long[]> active = new ArrayList<>();

  DiskStore(
      BlockDevice device,
      long base,
      long size,
      BufferPool buffers,
      DiskLog log,
      Supplier<AppliedEntries> applied) {
    this.log = log;
    this.applied = applied;
    this.device = device;
    this.base = base;
    this.size = size;
    this.buffers = buffers;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(long offset, byte[] payload, IoCallback done) {
    long[] range = begin(offset, payload.length, true);
    ByteBuffer buffer = buffers.take(payload.length);
    buffer.put(payload).rewind();
    device.write(
        base + offset,
        buffer,
        error -> {
          active.remove(range);
          buffers.give(buffer);
          done.completed(error);
        });
  }

  @Override
  public void read(long offset, int length, ReadCallback done) {
    long[] range = begin(offset, length, false);
    ByteBuffer buffer = buffers.take(length);
    device.read(
        base + offset,
        buffer,
        error -> {
          active.remove(range);
          byte[] bytes = new byte[length];
          buffer.rewind().get(bytes);
          buffers.give(buffer);
          done.completed(error == null ? bytes : null, error);
        });
  }

  @Override
  public void sync(IoCallback done) {
    AppliedEntries now = applied.get();
    device.flush(error -> {
      if (error != null) {
        done.completed(error);
      } else {
        log.saveApplied(now, done);
      }
    });
  }

  @Override
  public long nextWritten(long offset) {
    return offset;
  }

  private long[] begin(long offset, long length, boolean write) {
    for (long[] other : active) {
      if (offset < other[1] && other[0] < offset + length && (write || other[2] == 1)) {
        throw new Violation("PORT", "overlapping requests reach the blocks together");
      }
    }
    long[] range = {offset, offset + length, write ? 1 : 0};
    active.add(range);
    return range;
  }
}
