package io.polarj.storage.block;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.ChunkStore;
import io.polarj.storage.raft.PlantedBug;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

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
  private static final int ZERO_SECTOR_CRC = Checksum.of(new byte[SECTOR_BYTES], 0, SECTOR_BYTES);

  /** What all replicas of a disk share. */
  public record Shared(
      BlockDevice device,
      EventLoop loop,
      BufferPool buffers,
      DiskGeometry geometry,
      BlockTable table,
      DirtySectors dirty,
      Consumer<IoCallback> sync,
      Set<PlantedBug> planted) {}

  /** Told of sectors that could not be read; bit s of the mask is sector s of the chunk's block. */
  @FunctionalInterface
  public interface DamageListener {
    void damaged(int logicalBlock, int sectors);
  }

  /** What became of an offer to {@link #repair}. */
  public enum Repair {
    /** Taken; it goes to the disk with the other applied sectors. */
    TAKEN,
    /** Not needed: the sector was written again, or never, and nothing of it is read from disk. */
    NOT_NEEDED,
    /** The bytes are not those that belong here. */
    OTHER_BYTES
  }

  private final Shared disk;
  private final long replica;
  private final ChunkId chunk;
  private final long bytes;
  private final int[] map;
  private DamageListener damage = (block, sectors) -> {};
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

  /** Sectors that reads found damaged; the same one counts again with every read. */
  public long corruptSectors() {
    return corruptSectors;
  }

  public void onDamage(DamageListener listener) {
    damage = listener;
  }

  /** The chunk's size in blocks. */
  public int blockCount() {
    return map.length;
  }

  public boolean isAllocated(int logicalBlock) {
    return map[logicalBlock] >= 0;
  }

  /** The next block of the chunk that has a place on the disk, at or after that one, or -1. */
  public int nextAllocated(int logicalBlock) {
    for (int block = logicalBlock; block < map.length; block++) {
      if (map[block] >= 0) {
        return block;
      }
    }
    return -1;
  }

  /** Where the block stands on the device, or -1. */
  public long placeOf(int logicalBlock) {
    return map[logicalBlock] < 0 ? -1 : disk.geometry().block(map[logicalBlock]);
  }

  /** The sectors of the mask that are read from the disk: written, and not newer in memory. */
  public int onDisk(int logicalBlock, int sectors) {
    int block = map[logicalBlock];
    return block < 0 ? 0 : sectors & disk.table().writtenMask(block) & ~disk.dirty().mask(block);
  }

  /**
   * Offers the bytes of one sector that another replica has. They are taken only if they have the
   * checksum that the block table has now, so no older or newer state can come in this way; the
   * table does not change.
   */
  public Repair repair(int logicalBlock, int sector, byte[] bytes) {
    if (onDisk(logicalBlock, 1 << sector) == 0) {
      return Repair.NOT_NEEDED;
    }
    int block = map[logicalBlock];
    int crc = Checksum.of(bytes, 0, SECTOR_BYTES);
    if (crc != disk.table().crc(block, sector)) {
      if (!disk.planted().contains(PlantedBug.REPAIR_FROM_STALE_PEER)) {
        return Repair.OTHER_BYTES;
      }
      disk.table().put(block, sector, crc);
    }
    disk.dirty().put(block, sector, bytes, 0);
    return Repair.TAKEN;
  }

  /** Reads what of the block stands on the disk and verifies it; damage is told as with reads. */
  public void verify(int logicalBlock, IoCallback done) {
    verify(logicalBlock, done, 1);
  }

  private void verify(int logicalBlock, IoCallback done, int number) {
    Reading reading =
        new Reading(
            (long) logicalBlock * DiskGeometry.BLOCK_BYTES,
            DiskGeometry.BLOCK_BYTES,
            (bytes, error) -> done.completed(error),
            number);
    for (int sector = 0; sector < SECTORS; sector++) {
      if (onDisk(logicalBlock, 1 << sector) != 0) {
        reading.add(map[logicalBlock], sector, sector * SECTOR_BYTES);
      }
    }
    reading.again = next -> verify(logicalBlock, done, next);
    reading.start();
  }

  /**
   * A checksum of the block's content by the checksums of its sectors; never written ones count as
   * zeros. Reads nothing.
   */
  public int digest(int logicalBlock) {
    int block = map[logicalBlock];
    ByteBuffer crcs = ByteBuffer.allocate(SECTORS * Integer.BYTES);
    for (int sector = 0; sector < SECTORS; sector++) {
      boolean written = block >= 0 && disk.table().written(block, sector);
      crcs.putInt(written ? disk.table().crc(block, sector) : ZERO_SECTOR_CRC);
    }
    return Checksum.of(crcs.array(), 0, crcs.capacity());
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

  /** Whole blocks go back to the disk with the next checkpoint; of others the sectors do. */
  @Override
  public void discard(long offset, long length, IoCallback done) {
    if (offset % SECTOR_BYTES != 0 || length % SECTOR_BYTES != 0 || offset > bytes - length) {
      throw new IllegalArgumentException("chunk " + chunk + ": discard " + offset + " + " + length);
    }
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int logical = logical(at);
      long next = Math.min(end, (logical + 1L) * DiskGeometry.BLOCK_BYTES);
      int count = (int) (next - at) / SECTOR_BYTES;
      if (map[logical] >= 0) {
        discard(logical, ((1 << count) - 1) << sector(at));
      }
      at = next;
    }
    disk.loop().execute(() -> done.completed(null));
  }

  private void discard(int logical, int sectors) {
    int block = map[logical];
    disk.dirty().forget(block, sectors);
    if ((disk.table().writtenMask(block) & ~sectors) != 0) {
      disk.table().forget(block, sectors);
    } else {
      disk.table().retire(block);
      map[logical] = -1;
      allocated--;
    }
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
    reading.again = next -> attempt(offset, length, done, next);
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
    int wrong;

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
    private IntConsumer again;
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
      boolean trusting = disk.planted().contains(PlantedBug.TRUST_CORRUPT_BLOCK);
      for (int i = 0; i < run.count; i++) {
        boolean good =
            failed == null
                && (trusting || Checksum.of(buffer, i * SECTOR_BYTES, SECTOR_BYTES) == run.crcs[i]);
        if (!good) {
          wrong++;
          run.wrong |= 1 << run.firstSector + i;
        }
      }
      if (failed != null) {
        error = failed;
      } else {
        buffer.get(0, target, run.at, run.count * SECTOR_BYTES);
      }
      disk.buffers().give(buffer);
      if (--open == 0) {
        ended();
      }
    }

    private void ended() {
      if (wrong == 0) {
        done.completed(target, null);
      } else if (number < MOST_READ_ATTEMPTS && error == null) {
        // A write may have come between; then the sectors are in memory or have a new checksum.
        again.accept(number + 1);
      } else {
        corruptSectors += wrong;
        for (Run run : runs) {
          if (run.wrong != 0 && map[logical(offset + run.at)] == run.block) {
            damage.damaged(logical(offset + run.at), run.wrong);
          }
        }
        done.completed(
            null,
            new CorruptSectorException(
                "chunk %s: %d sectors of %d + %d can not be read or fail their checksum"
                    .formatted(chunk, wrong, offset, target.length),
                error));
      }
    }
  }
}
