package io.polarj.storage.block;

import io.polarj.storage.disk.DiskGeometry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Carries sectors of one version of a block over into a new one. The sectors are read first; then
 * the new version appears with all of them at once, so that no checkpoint sees half of it. A sector
 * that is damaged is carried over with its checksum alone: it is damaged in both, and repaired in
 * both. Whatever else wants to change the block waits meanwhile. One loop only.
 */
final class BlockCopies {
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;
  private static final int SECTORS = DiskGeometry.SECTORS_PER_BLOCK;

  private final ChunkBlocks.Shared disk;
  private final Consumer<SectorReading> damage;
  private final TreeMap<Integer, List<Consumer<IOException>>> running = new TreeMap<>();
  private boolean closed;

  BlockCopies(ChunkBlocks.Shared disk, Consumer<SectorReading> damage) {
    this.disk = disk;
    this.damage = damage;
  }

  boolean busy(int logical) {
    return running.containsKey(logical);
  }

  /** Runs the step when the copy of the block that is under way has ended. */
  void then(int logical, Consumer<IOException> step) {
    running.get(logical).add(step);
  }

  void close() {
    closed = true;
    running.clear();
  }

  /**
   * Begins to copy.
   *
   * @param source a block of the disk, which nobody writes meanwhile
   * @param sectors those that are carried over, all of them written
   * @param target puts a new, empty version in its place and tells which, or -1 when the disk is
   *     full
   */
  void begin(int logical, int source, int sectors, IntSupplier target) {
    running.put(logical, new ArrayList<>());
    SectorReading reading = new SectorReading(disk, DiskGeometry.BLOCK_BYTES);
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((sectors >>> sector & 1) != 0) {
        reading.add(source, sector, sector * SECTOR_BYTES);
      }
    }
    reading.start(() -> arrived(logical, source, sectors, reading, target));
  }

  private void arrived(
      int logical, int source, int sectors, SectorReading reading, IntSupplier target) {
    if (closed) {
      return;
    }
    int wrong = 0;
    for (SectorReading.Run run : reading.runs()) {
      wrong |= run.wrong;
    }
    int block = target.getAsInt();
    IOException error = null;
    if (block < 0) {
      error = new IOException("no free block on the disk to copy block " + source + " to");
    } else {
      put(disk, source, block, sectors, wrong, reading.target());
    }
    if (wrong != 0) {
      damage.accept(reading);
    }
    IOException outcome = error;
    running.remove(logical).forEach(step -> step.accept(outcome));
  }

  /** Gives the block another one's sectors; of damaged ones only the checksum. */
  static void put(
      ChunkBlocks.Shared disk, int source, int block, int sectors, int wrong, byte[] bytes) {
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((sectors >>> sector & 1) != 0) {
        disk.table().put(block, sector, disk.table().crc(source, sector));
        if ((wrong >>> sector & 1) == 0) {
          disk.dirty().put(block, sector, bytes, sector * SECTOR_BYTES);
        }
      }
    }
  }
}
