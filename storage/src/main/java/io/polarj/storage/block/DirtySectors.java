package io.polarj.storage.block;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.DiskGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Sectors that were applied but are not known to stand in their block yet: the newest bytes of
 * each. Reads take them from here; writing back runs behind, several blocks at a time, and a sector
 * that is written again before its turn costs one disk write only.
 *
 * <p>Invariants. INV-BLOCK-1: a sector leaves only when exactly its newest bytes were written.
 * INV-BLOCK-2: at most one write per block is in flight. The log keeps every entry whose sectors
 * are here (the checkpoint waits for {@link #drain}), so losing this memory loses nothing. One loop
 * only.
 */
public final class DirtySectors {
  private static final int SECTORS = DiskGeometry.SECTORS_PER_BLOCK;
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;
  private static final int MOST_IN_FLIGHT = 16;

  private final BlockDevice device;
  private final DiskGeometry geometry;
  private final BlockTable table;
  private final BufferPool buffers;
  private final Consumer<IOException> onFailure;
  private final int startAtSectors;
  private final Int2ObjectHashMap<DirtyBlock> blocks = new Int2ObjectHashMap<>();
  private final ArrayDeque<DirtyBlock> queue = new ArrayDeque<>();
  private int inFlight;
  private int sectors;
  private long drains;
  private int undrained;
  private Runnable drained;
  private boolean failed;

  /**
   * @param startAtBytes writing back begins when so much has gathered, or when drained
   */
  public DirtySectors(
      BlockDevice device,
      DiskGeometry geometry,
      BlockTable table,
      BufferPool buffers,
      long startAtBytes,
      Consumer<IOException> onFailure) {
    this.device = device;
    this.geometry = geometry;
    this.table = table;
    this.buffers = buffers;
    this.startAtSectors = (int) Math.min(Integer.MAX_VALUE, startAtBytes / SECTOR_BYTES);
    this.onFailure = onFailure;
  }

  public long bytes() {
    return (long) sectors * SECTOR_BYTES;
  }

  void put(int block, int sector, byte[] payload, int at) {
    DirtyBlock dirty = blocks.get(block);
    if (dirty == null) {
      dirty = new DirtyBlock(block);
      blocks.put(block, dirty);
    }
    if (dirty.bytes[sector] == null) {
      sectors++;
    }
    dirty.bytes[sector] = payload;
    dirty.at[sector] = at;
    dirty.dirty |= 1 << sector;
    enqueue(dirty);
    if (sectors >= startAtSectors) {
      startWrites();
    }
  }

  /** Begins to write back what is here, however little it is. */
  void hurry() {
    startWrites();
  }

  /** Copies the sector's newest bytes if they are here. */
  boolean copy(int block, int sector, byte[] target, int at) {
    DirtyBlock dirty = blocks.get(block);
    if (dirty == null || dirty.bytes[sector] == null) {
      return false;
    }
    System.arraycopy(dirty.bytes[sector], dirty.at[sector], target, at, SECTOR_BYTES);
    return true;
  }

  /** Which of a block's sectors are here. */
  int mask(int block) {
    DirtyBlock dirty = blocks.get(block);
    int mask = 0;
    for (int sector = 0; dirty != null && sector < SECTORS; sector++) {
      mask |= dirty.bytes[sector] != null ? 1 << sector : 0;
    }
    return mask;
  }

  /** Forgets some sectors; what is being written ends, and then is nobody's any more. */
  void forget(int block, int forgotten) {
    DirtyBlock dirty = blocks.get(block);
    if (dirty == null) {
      return;
    }
    dirty.dirty &= ~forgotten;
    for (int sector = 0; sector < SECTORS; sector++) {
      boolean drop = (forgotten & ~dirty.writing & 1 << sector) != 0;
      if (drop && dirty.bytes[sector] != null) {
        dirty.bytes[sector] = null;
        sectors--;
      }
    }
    settle(dirty, forgotten & ~dirty.writing);
    if (dirty.dirty == 0 && dirty.writing == 0) {
      blocks.remove(block);
    }
  }

  /** Forgets a block's sectors and gives the block free once no write to it is under way. */
  void release(int block) {
    DirtyBlock dirty = blocks.get(block);
    if (dirty == null) {
      table.release(block);
      return;
    }
    dirty.released = true;
    if (dirty.writing == 0) {
      dirty.dirty = 0;
      finish(dirty);
    }
  }

  /** Runs the callback once everything that is here now was written (not flushed). */
  public void drain(Runnable done) {
    if (drained != null) {
      throw new IllegalStateException("a drain is under way");
    }
    drains++;
    undrained = 0;
    for (DirtyBlock block : blocks.values()) {
      block.undrained = block.dirty | block.writing;
      if (block.undrained != 0) {
        undrained++;
      }
    }
    drained = done;
    if (undrained == 0) {
      endDrain();
    } else {
      startWrites();
    }
  }

  private void endDrain() {
    Runnable done = drained;
    drained = null;
    done.run();
  }

  private void enqueue(DirtyBlock block) {
    if (!block.queued && block.writing == 0) {
      block.queued = true;
      queue.addLast(block);
    }
  }

  private void startWrites() {
    while (!failed && inFlight < MOST_IN_FLIGHT && !queue.isEmpty()) {
      DirtyBlock block = queue.pollFirst();
      block.queued = false;
      if (block.dirty != 0 && block.writing == 0 && !block.released) {
        write(block);
      }
    }
  }

  private void write(DirtyBlock block) {
    block.writing = block.dirty;
    block.dirty = 0;
    block.writingDrain = drains;
    ByteBuffer buffer = buffers.take(DiskGeometry.BLOCK_BYTES);
    List<int[]> runs = new ArrayList<>(2);
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((block.writing >>> sector & 1) == 0) {
        continue;
      }
      buffer.put(sector * SECTOR_BYTES, block.bytes[sector], block.at[sector], SECTOR_BYTES);
      int[] last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last[1] == sector) {
        last[1]++;
      } else {
        runs.add(new int[] {sector, sector + 1});
      }
    }
    inFlight++;
    block.runs = runs.size();
    for (int[] run : runs) {
      int from = run[0] * SECTOR_BYTES;
      ByteBuffer part = buffer.slice(from, (run[1] - run[0]) * SECTOR_BYTES);
      device.write(
          geometry.block(block.number) + from, part, error -> written(block, buffer, error));
    }
  }

  private void written(DirtyBlock block, ByteBuffer buffer, IOException error) {
    if (error != null) {
      failed = true;
      onFailure.accept(error);
      return;
    }
    if (--block.runs > 0 || failed) {
      return;
    }
    inFlight--;
    buffers.give(buffer);
    int clean = block.writing & ~block.dirty;
    int done = block.writingDrain == drains ? block.writing : clean;
    block.writing = 0;
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((clean >>> sector & 1) != 0) {
        block.bytes[sector] = null;
        sectors--;
      }
    }
    settle(block, done);
    if (block.released) {
      block.dirty = 0;
      settle(block, block.undrained);
      finish(block);
    } else if (block.dirty == 0) {
      blocks.remove(block.number);
    } else {
      enqueue(block);
    }
    if (drained != null || sectors >= startAtSectors) {
      startWrites();
    }
  }

  private void settle(DirtyBlock block, int done) {
    if (block.undrained == 0) {
      return;
    }
    block.undrained &= ~done;
    if (block.undrained == 0 && --undrained == 0 && drained != null) {
      endDrain();
    }
  }

  private void finish(DirtyBlock block) {
    for (int sector = 0; sector < SECTORS; sector++) {
      if (block.bytes[sector] != null) {
        block.bytes[sector] = null;
        sectors--;
      }
    }
    blocks.remove(block.number);
    table.release(block.number);
    settle(block, block.undrained);
  }

  /** One block's dirty sectors; masks have bit s for sector s. */
  private static final class DirtyBlock {
    final int number;
    final byte[][] bytes = new byte[SECTORS][];
    final int[] at = new int[SECTORS];
    int dirty;
    int writing;
    int undrained;
    long writingDrain;
    int runs;
    boolean queued;
    boolean released;

    DirtyBlock(int number) {
      this.number = number;
    }
  }
}
