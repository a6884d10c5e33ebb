package io.polarj.storage.block;

import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.raft.PlantedBug;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One attempt at a read: sectors of some blocks, from memory or from the disk, where each must have
 * the checksum that it had in the block table when the attempt began. One loop only.
 */
final class SectorReading {
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;

  /** Sectors that lie one behind the other, on the disk and in the read. */
  static final class Run {
    final int block;
    final int firstSector;
    final int at;
    final int[] crcs = new int[DiskGeometry.SECTORS_PER_BLOCK];
    int count;

    /** Bit s: sector s of the block is damaged. */
    int wrong;

    Run(int block, int firstSector, int at) {
      this.block = block;
      this.firstSector = firstSector;
      this.at = at;
    }
  }

  private final ChunkBlocks.Shared disk;
  private final byte[] target;
  private final List<Run> runs = new ArrayList<>(2);
  private Runnable ended;
  private int open;
  private IOException error;
  private int wrong;

  SectorReading(ChunkBlocks.Shared disk, int length) {
    this.disk = disk;
    this.target = new byte[length];
  }

  /** What was read; zeros where nothing was asked for, anything where it is damaged. */
  byte[] target() {
    return target;
  }

  List<Run> runs() {
    return runs;
  }

  /** Sectors that could not be read or fail their checksum. */
  int wrong() {
    return wrong;
  }

  /** The device's error, or null. */
  IOException error() {
    return error;
  }

  /** Wants the sector, if it was ever written, at that place of the target. */
  void add(int block, int sector, int at) {
    if (!disk.table().written(block, sector) || disk.dirty().copy(block, sector, target, at)) {
      return;
    }
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

  /** Reads; the end comes later, never inside the call. */
  void start(Runnable whenEnded) {
    ended = whenEnded;
    if (runs.isEmpty()) {
      disk.loop().execute(ended);
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
      ended.run();
    }
  }
}
