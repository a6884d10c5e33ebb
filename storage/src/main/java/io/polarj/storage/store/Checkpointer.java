package io.polarj.storage.store;

import io.polarj.platform.disk.IoCallback;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Writes checkpoints and cuts the log behind them.
 *
 * <p>One checkpoint: at one moment, take the state of all replicas, the changed pages of the block
 * table and the log's end; then write the sectors that were dirty at that moment, the pages (into
 * the slots the last checkpoint does not use), and wait until the log is durable up to that end;
 * flush; write the image into the older area; flush: now it counts; cut the log.
 *
 * <p>Blocks that were discarded before that moment are free from then on: no checkpoint names them.
 *
 * <p>INV-CKPT-1: an image is written only after everything it vouches for was flushed. INV-CKPT-2:
 * the log is cut only after the image was flushed, and never above an entry that some replica still
 * has. INV-CKPT-3: nothing a checkpoint needs is overwritten before the next one counts. One loop
 * only.
 */
final class Checkpointer {
  private final Disk disk;
  private final DiskGeometry geometry;
  private final long dueBytes;
  private List<IoCallback> waiting = new ArrayList<>();
  private List<IoCallback> served = List.of();
  private long generation;
  private long lastEnd;
  private long completed;
  private boolean running;
  private boolean moving;

  Checkpointer(Disk disk, long generation) {
    this.disk = disk;
    this.geometry = disk.superblock.geometry();
    this.generation = generation;
    this.dueBytes = geometry.walBytes() / 4;
    this.lastEnd = disk.wal().tail();
  }

  long completed() {
    return completed;
  }

  /** Calls back after a checkpoint that began at or after this call. */
  void request(IoCallback done) {
    if (disk.failure() != null) {
      IOException error = disk.failure();
      disk.loop.execute(() -> done.completed(error));
      return;
    }
    waiting.add(done);
    startSoon();
  }

  void startIfDue() {
    if (!running && disk.failure() == null && disk.wal().end() - lastEnd >= dueBytes) {
      startSoon();
    }
  }

  /**
   * Begins a checkpoint when the log is more than half full and much of that is dead: entries may
   * have been forgotten since the last one although nothing new was written.
   */
  void relieve() {
    if (disk.failure() == null && disk.space.worthCutting()) {
      moving = true;
      startSoon();
    }
  }

  void fail(IOException error) {
    List<IoCallback> lost = new ArrayList<>(served);
    lost.addAll(waiting);
    served = List.of();
    waiting = new ArrayList<>();
    for (IoCallback callback : lost) {
      disk.loop.execute(() -> callback.completed(error));
    }
  }

  /** Not at once: requests that come in the same turn of the loop share one checkpoint. */
  private void startSoon() {
    if (!running) {
      running = true;
      disk.loop.execute(this::moveOldEntries);
    }
  }

  /**
   * Entries that can not be trimmed would keep the log from being cut: the oldest of those in its
   * older half are written again at its end, as many as fit into half of what is free. Done again
   * and again, that wins back everything between them.
   */
  private void moveOldEntries() {
    if (!moving && !disk.space.tight()) {
      capture();
      return;
    }
    moving = false;
    long below = disk.wal().end() - disk.wal().capacity() / 2;
    long budget = disk.wal().free() / 2;
    List<Old> old = new ArrayList<>();
    for (DiskReplica replica : disk.replicas.values()) {
      for (DiskLog.Stored stored : replica.diskLog().entriesBelow(below)) {
        old.add(new Old(replica.diskLog(), stored));
      }
    }
    old.sort(Comparator.comparingLong(one -> one.stored.place.record()));
    Countdown all = new Countdown(this::capture);
    for (Old one : old) {
      budget -= Wal.worstCost(StoreCodec.ENTRY_HEAD_BYTES, one.stored.header.payloadBytes());
      if (budget < 0) {
        break;
      }
      all.add();
      one.log.readHere(
          one.stored.header.index(),
          (LogEntry entry, IOException error) -> {
            if (entry != null && disk.failure() == null) {
              disk.loop.reached(StoreProbe.ENTRIES_MOVED);
              one.log.move(entry);
            }
            all.completed(null); // an unreadable entry stays where it is
          });
    }
    all.arm();
  }

  private record Old(DiskLog log, DiskLog.Stored stored) {}

  private void capture() {
    if (disk.failure() != null) {
      return;
    }
    served = waiting;
    waiting = new ArrayList<>();
    generation++;
    long end = disk.wal().cut();
    lastEnd = end;
    long replayFrom = end;
    for (DiskReplica replica : disk.replicas.values()) {
      replayFrom = replica.diskLog().oldestPlace(replayFrom);
    }
    BitSet pages = disk.table.takeChangedPages(generation);
    int[] retired = disk.table.takeRetired();
    ByteBuffer image;
    try {
      image = image(replayFrom, end).encode(disk.superblock.diskId(), areaBytes());
    } catch (IOException e) {
      disk.fail(e);
      return;
    }
    long cutAt = replayFrom;
    Runnable write = () -> writeImage(image, cutAt, retired);
    boolean careless = disk.planted.contains(PlantedBug.CHECKPOINT_BEFORE_FLUSH);
    Countdown before = new Countdown(careless ? write : () -> flush(write));
    before.add();
    disk.dirty.drain(() -> before.completed(null));
    before.add();
    disk.wal().whenDurable(before);
    writePages(pages, before);
    before.arm();
  }

  private CheckpointImage image(long replayFrom, long end) {
    long[] versions = new long[disk.table.pageCount()];
    for (int page = 0; page < versions.length; page++) {
      versions[page] = disk.table.pageVersion(page);
    }
    return new CheckpointImage(
        generation,
        replayFrom,
        end,
        disk.wal().session(),
        disk.nextReplica(),
        versions,
        disk.states());
  }

  private long areaBytes() {
    return geometry.checkpointAreaBytes();
  }

  /** Encodes all pages now, as the state of this moment, and sends them off. */
  private void writePages(BitSet pages, Countdown before) {
    for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
      ByteBuffer buffer = disk.buffers.take(DiskGeometry.PAGE_BYTES);
      disk.table.encodePage(page, buffer);
      buffer.flip();
      long offset = disk.table.pageOffset(page);
      before.add();
      disk.device.write(
          offset,
          buffer,
          error -> {
            disk.buffers.give(buffer);
            before.completed(error);
          });
    }
  }

  private void flush(Runnable next) {
    if (disk.failure() == null) {
      disk.device.flush(error -> afterwards(error, next));
    }
  }

  private void writeImage(ByteBuffer image, long cutAt, int[] retired) {
    if (disk.failure() == null) {
      disk.device.write(
          geometry.checkpointArea(generation),
          image,
          error -> afterwards(error, () -> flush(() -> finished(cutAt, retired))));
    }
  }

  private void finished(long cutAt, int[] retired) {
    if (disk.failure() != null) {
      return;
    }
    disk.wal().trim(cutAt);
    disk.table.free(retired);
    completed++;
    running = false;
    List<IoCallback> done = served;
    served = List.of();
    for (IoCallback callback : done) {
      callback.completed(null);
    }
    if (!waiting.isEmpty()) {
      startSoon();
    } else {
      startIfDue();
    }
    disk.checkpointEnded();
  }

  private void afterwards(IOException error, Runnable next) {
    if (error != null) {
      disk.fail(error);
    } else if (disk.failure() == null) {
      next.run();
    }
  }

  /** Runs the next step when all parts have ended well; the first error fails the disk. */
  private final class Countdown implements IoCallback {
    private final Runnable next;
    private int open = 1;

    Countdown(Runnable next) {
      this.next = next;
    }

    void add() {
      open++;
    }

    /** All parts were added. */
    void arm() {
      completed(null);
    }

    @Override
    public void completed(IOException error) {
      if (error != null) {
        disk.fail(error);
      }
      if (--open == 0 && disk.failure() == null) {
        next.run();
      }
    }
  }
}
