package io.polarj.storage.block;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.ChunkStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The data of one chunk replica: 64 KiB blocks found through a map, allocated when first written,
 * every sector checked against its checksum when read from the disk (S5).
 *
 * <p>A read returns the bytes as they were when it was asked for: sectors in memory are copied
 * then, and sectors from the disk must match the checksum they had then. One loop only.
 */
public final class ChunkBlocks implements ChunkStore {
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;
  private static final int SECTORS = DiskGeometry.SECTORS_PER_BLOCK;
  private static final int MOST_READ_ATTEMPTS = 4;

  /** What all replicas of a disk share. */
  public record Shared(
      BlockDevice device,
      EventLoop loop,
      BufferPool buffers,
      DiskGeometry geometry,
      BlockTable table,
      DirtySectors dirty,
      Consumer<IoCallback> sync) {}

  private final Shared disk;
  private final long replica;
  private final ChunkId chunk;
  private final long bytes;
  private final int[] map;
  private int allocated;
  private long corruptSectors;

  public ChunkBlocks(Shared disk, long replica, ChunkId chunk, long bytes) {
    this.disk = disk;
    this.replica = replica;
    this.chunk = chunk;
    this.bytes = bytes;
    this.map = new int[Math.toIntExact(bytes / DiskGeometry.BLOCK_BYTES)];
    Arrays.fill(map, -1);
  }

  /**
   * Takes in a block found in the table at start; false when the block cannot be this replica's.
   */
  public boolean adopt(int block) {
    int logical = disk.table().logical(block);
    if (logical < 0 || logical >= map.length || map[logical] >= 0) {
      return false;
    }
    map[logical] = block;
    allocated++;
    return true;
  }

  @Override
  public long size() {
    return bytes;
  }

  public int allocatedBlocks() {
    return allocated;
  }

  public long corruptSectors() {
    return corruptSectors;
  }

  /** Blocks that a write of the range would have to allocate. */
  public int missingBlocks(long offset, int length) {
    int missing = 0;
    int last = logical(offset + length - 1);
    for (int block = logical(offset); block <= last; block++) {
      missing += map[block] < 0 ? 1 : 0;
    }
    return missing;
  }

  /** Allocates the range's blocks ahead of its write; false, and nothing done, when it can not. */
  public boolean reserve(long offset, int length) {
    if (disk.table().free() < missingBlocks(offset, length)) {
      return false;
    }
    int last = logical(offset + length - 1);
    for (int block = logical(offset); block <= last; block++) {
      if (map[block] < 0) {
        map[block] = disk.table().allocate(replica, block);
        allocated++;
      }
    }
    return true;
  }

  @Override
  public void write(long offset, byte[] payload, IoCallback done) {
    checkRange(offset, payload.length);
    if (!reserve(offset, payload.length)) {
      IOException full =
          new IOException("chunk " + chunk + ": no free block on the disk for offset " + offset);
      disk.loop().execute(() -> done.completed(full));
      return;
    }
    for (int at = 0; at < payload.length; at += SECTOR_BYTES) {
      int block = map[logical(offset + at)];
      int sector = sector(offset + at);
      disk.table().put(block, sector, Checksum.of(payload, at, SECTOR_BYTES));
      disk.dirty().put(block, sector, payload, at);
    }
    disk.loop().execute(() -> done.completed(null));
  }

  @Override
  public void read(long offset, int length, ReadCallback done) {
    checkRange(offset, length);
    attempt(offset, length, done, 1);
  }

  private void attempt(long offset, int length, ReadCallback done, int number) {
    Reading reading = new Reading(offset, length, done, number);
    for (int at = 0; at < length; at += SECTOR_BYTES) {
      int block = map[logical(offset + at)];
      int sector = sector(offset + at);
      if (block < 0 || !disk.table().written(block, sector)) {
        continue; // zeros, as the array is
      }
      if (!disk.dirty().copy(block, sector, reading.target, at)) {
        reading.add(block, sector, at);
      }
    }
    reading.start();
  }

  @Override
  public void sync(IoCallback done) {
    disk.sync().accept(done);
  }

  @Override
  public long nextWritten(long offset) {
    long at = offset;
    while (at < bytes) {
      int block = map[logical(at)];
      int mask = block < 0 ? 0 : disk.table().writtenMask(block) >>> sector(at);
      if (mask != 0) {
        return at + (long) Integer.numberOfTrailingZeros(mask) * SECTOR_BYTES;
      }
      at = (at / DiskGeometry.BLOCK_BYTES + 1) * DiskGeometry.BLOCK_BYTES;
    }
    return bytes;
  }

  /** Gives every block free. The replica's end must be durable before. */
  public void releaseAll() {
    for (int i = 0; i < map.length; i++) {
      if (map[i] >= 0) {
        disk.dirty().release(map[i]);
        map[i] = -1;
      }
    }
    allocated = 0;
  }

  private void checkRange(long offset, int length) {
    if (offset < 0
        || length <= 0
        || offset % SECTOR_BYTES != 0
        || length % SECTOR_BYTES != 0
        || offset > bytes - length) {
      throw new IllegalArgumentException(
          "chunk " + chunk + ": range " + offset + " + " + length + " of " + bytes + " bytes");
    }
  }

  private static int logical(long offset) {
    return (int) (offset / DiskGeometry.BLOCK_BYTES);
  }

  private static int sector(long offset) {
    return (int) (offset % DiskGeometry.BLOCK_BYTES) / SECTOR_BYTES;
  }

  /** Sectors that lie one behind the other, on the disk and in the read. */
  private static final class Run {
    final int block;
    final int firstSector;
    final int at;
    final int[] crcs = new int[SECTORS];
    int count;

    Run(int block, int firstSector, int at) {
      this.block = block;
      this.firstSector = firstSector;
      this.at = at;
    }
  }

  /** One attempt at a read. */
  private final class Reading {
    final byte[] target;
    private final long offset;
    private final ReadCallback done;
    private final int number;
    private final List<Run> runs = new ArrayList<>(2);
    private int open;
    private IOException error;
    private int wrong;

    Reading(long offset, int length, ReadCallback done, int number) {
      this.offset = offset;
      this.target = new byte[length];
      this.done = done;
      this.number = number;
    }

    void add(int block, int sector, int at) {
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last == null
          || last.block != block
          || last.firstSector + last.count != sector
          || last.at + last.count * SECTOR_BYTES != at) {
        last = new Run(block, sector, at);
        runs.add(last);
      }
      last.crcs[last.count++] = disk.table().crc(block, sector);
    }

    void start() {
      if (runs.isEmpty()) {
        disk.loop().execute(() -> done.completed(target, null));
        return;
      }
      open = runs.size();
      for (Run run : runs) {
        ByteBuffer buffer = disk.buffers().take(run.count * SECTOR_BYTES);
        disk.device()
            .read(
                disk.geometry().block(run.block) + (long) run.firstSector * SECTOR_BYTES,
                buffer,
                failed -> arrived(run, buffer, failed));
      }
    }

    private void arrived(Run run, ByteBuffer buffer, IOException failed) {
      if (failed != null) {
        error = failed;
      } else {
        for (int i = 0; i < run.count; i++) {
          if (Checksum.of(buffer, i * SECTOR_BYTES, SECTOR_BYTES) != run.crcs[i]) {
            wrong++;
          }
        }
        buffer.get(0, target, run.at, run.count * SECTOR_BYTES);
      }
      disk.buffers().give(buffer);
      if (--open == 0) {
        ended();
      }
    }

    private void ended() {
      if (error != null) {
        done.completed(null, error);
      } else if (wrong == 0) {
        done.completed(target, null);
      } else if (number < MOST_READ_ATTEMPTS) {
        // A write may have come between; then the sectors are in memory or have a new checksum.
        attempt(offset, target.length, done, number + 1);
      } else {
        corruptSectors += wrong;
        done.completed(
            null,
            new CorruptSectorException(
                "chunk %s: %d sectors of %d + %d fail their checksum"
                    .formatted(chunk, wrong, offset, target.length)));
      }
    }
  }
}
