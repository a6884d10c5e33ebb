package io.polarj.storage.block;

import io.polarj.platform.disk.IoCallback;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.raft.Era;
import java.io.IOException;

/**
 * Makes what a snapshot shows a chunk's content, block by block, those that differ only. Nothing
 * else changes the chunk meanwhile.
 *
 * <p>The era begins with it, and each block gets a version of that era. So when it is applied again
 * after a crash, entries before it do not touch what it has made, and a block that has its version
 * is done: what the snapshot showed may be gone by then. One loop only.
 */
final class Restoring {
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;

  /** While so much waits to be written to its blocks, it waits too. */
  private static final long MOST_DIRTY_BYTES = 8L << 20;

  private static final long PAUSE_NANOS = 2_000_000L;

  private final ChunkBlocks.Shared disk;
  private final ChunkBlocks blocks;
  private final int snapshot;
  private final Era era;
  private final IoCallback done;

  Restoring(ChunkBlocks.Shared disk, ChunkBlocks blocks, int snapshot, Era era, IoCallback done) {
    this.disk = disk;
    this.blocks = blocks;
    this.snapshot = snapshot;
    this.era = new Era(era.number(), era.number() - 1); // what was there goes, whoever sees it
    this.done = done;
  }

  /** Goes on at that block. */
  void step(int from) {
    if (blocks.isGone()) {
      return;
    }
    int logical = from;
    while (logical < blocks.blockCount()
        && (blocks.born(logical, era.number())
            || blocks.source(logical, snapshot) == blocks.source(logical, era.number()))) {
      logical++;
    }
    if (logical == blocks.blockCount()) {
      disk.loop().execute(() -> done.completed(null));
    } else if (disk.dirty().bytes() > MOST_DIRTY_BYTES) {
      int again = logical;
      disk.dirty().hurry();
      disk.loop().schedule(PAUSE_NANOS, () -> step(again));
    } else {
      bring(logical);
    }
  }

  private void bring(int logical) {
    int shown = blocks.source(logical, snapshot);
    int sectors = shown < 0 ? 0 : disk.table().writtenMask(shown);
    long offset = (long) logical * DiskGeometry.BLOCK_BYTES;
    SectorReading reading = new SectorReading(disk, DiskGeometry.BLOCK_BYTES);
    for (int sector = 0; sectors != 0 && sector < DiskGeometry.SECTORS_PER_BLOCK; sector++) {
      if ((sectors >>> sector & 1) != 0) {
        reading.add(shown, sector, sector * SECTOR_BYTES);
      }
    }
    reading.start(() -> {
      if (blocks.isGone()) {
        return;
      }
      IoCallback next = error -> ended(logical, error);
      if (sectors == 0) {
        blocks.discard(offset, DiskGeometry.BLOCK_BYTES, era, next);
      } else {
        int wrong = 0;
        for (SectorReading.Run run : reading.runs()) {
          wrong |= run.wrong;
        }
        blocks.put(logical, shown, sectors, wrong, reading, era, next);
      }
    });
  }

  private void ended(int logical, IOException error) {
    if (error != null) {
      done.completed(error);
    } else {
      step(logical + 1);
    }
  }
}
