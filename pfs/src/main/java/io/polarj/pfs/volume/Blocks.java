package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.journal.JournalWriter;
import io.polarj.pfs.volume.meta.BlockMap;
import io.polarj.pfs.volume.meta.BlockMap.Run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands out data blocks and takes them back, and writes zeros where a block would show what a file
 * before it left. Any thread; the block map has its own lock here.
 */
final class Blocks {
  private static final long VIRGIN_STEP_BYTES = 1L << 30;
  private static final int ZERO_BYTES = 1 << 20;
  private static final MemorySegment ZEROS =
      Arena.ofAuto().allocate(ZERO_BYTES, VolumeDevice.ALIGNMENT).asReadOnly();

  private final DeviceIo io;
  private final VolumeLayout layout;
  private final BlockMap map;
  private final Object virginGate = new Object();
  private int discarding;
  private volatile JournalWriter journal;

  Blocks(DeviceIo io, VolumeLayout layout, BlockMap map) {
    this.io = io;
    this.layout = layout;
    this.map = map;
  }

  void journal(JournalWriter writer) {
    journal = writer;
  }

  int virginLimit() {
    synchronized (map) {
      return map.virginLimit();
    }
  }

  int free() {
    synchronized (map) {
      return map.free();
    }
  }

  /** The volume has that many blocks now. */
  void grow(int count) {
    synchronized (map) {
      map.grow(count);
    }
  }

  /**
   * Blocks for a range of a file that has none there, as few runs as can be had. ENOSPC takes
   * nothing.
   */
  List<Run> reserve(int wanted) throws IOException {
    synchronized (virginGate) { // nobody takes blocks between the check of the limit and this
      moveVirginLimit(wanted);
      return take(wanted);
    }
  }

  private List<Run> take(int wanted) throws IOException {
    List<Run> runs = new ArrayList<>();
    synchronized (map) {
      awaitRoom(wanted);
      if (map.free() < wanted) {
        throw new PfsException(
            Errno.ENOSPC,
            "the volume is full: "
                + (long) wanted * layout.blockBytes()
                + " bytes asked for, "
                + (long) map.free() * layout.blockBytes()
                + " free");
      }
      int left = wanted;
      while (left > 0) {
        Run run = map.allocate(left);
        runs.add(run);
        left -= run.count();
      }
    }
    return runs;
  }

  /** Blocks that are being discarded are free soon. */
  private void awaitRoom(int wanted) {
    boolean interrupted = false;
    while (map.free() < wanted && discarding > 0) {
      try {
        map.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The anchor says how far blocks may have been used before any is used. */
  private void moveVirginLimit(int wanted) throws IOException {
    synchronized (map) {
      if (map.virgin() + wanted <= map.virginLimit() || map.virginLimit() >= map.blocks()) {
        return;
      }
      int step = (int) Math.max(wanted, VIRGIN_STEP_BYTES / layout.blockBytes());
      map.virginLimit((int) Math.min((long) map.virgin() + step, map.blocks()));
    }
    journal.checkpoint();
  }

  /**
   * The transaction that freed these blocks is durable: gives their room back to the device, and
   * then takes them for free. Not before, for a discard and the write of who has them next must not
   * cross. One that failed is nothing worse than a block that keeps its room: a later write comes
   * behind it (S7), and a used block is zeroed anyway.
   */
  void discard(List<Extent> extents) {
    synchronized (map) {
      discarding += extents.size();
    }
    for (Extent extent : extents) {
      io.device()
          .discard(
              layout.offsetOfBlock(extent.volumeBlock()),
              (long) extent.count() * layout.blockBytes(),
              error -> discarded(extent));
    }
  }

  private void discarded(Extent extent) {
    synchronized (map) {
      map.release(extent.volumeBlock(), extent.count());
      discarding--;
      map.notifyAll();
    }
  }

  void releaseRuns(List<Run> runs) {
    synchronized (map) {
      for (Run run : runs) {
        map.release(run.block(), run.count());
      }
    }
  }

  /** Zeros on part of the volume; the bounds are multiples of the sector. */
  void zero(long offset, long bytes) throws IOException {
    for (long at = 0; at < bytes; at += ZERO_BYTES) {
      io.write(offset + at, ZEROS.asSlice(0, Math.min(ZERO_BYTES, bytes - at)));
    }
  }
}
