package io.polarj.pfs.volume.journal;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * Appends metadata transactions with group commit: whoever finds no write in flight writes
 * everything that has gathered as one batch; the others wait for theirs. Homes are written, and the
 * anchor moved, when the ring is three quarters full (checkpoint). After a failed write nothing can
 * be committed any more: the caller's state in memory is ahead of the volume, so the mount has to
 * end.
 *
 * <p>{@link #enqueue} is called under the namespace's lock, which gives the order; {@link #await}
 * without it.
 */
public final class JournalWriter {
  static final int MAX_BATCH_SECTORS = 256;
  private static final int MAX_BODY_BYTES =
      MAX_BATCH_SECTORS * VolumeLayout.SECTOR - Batch.HEADER_BYTES;

  /** A transaction on its way into the journal. */
  public static final class Ticket {
    private final TreeMap<Integer, MetadataObject> change;
    private final Runnable whenDurable;
    private boolean durable;

    private Ticket(TreeMap<Integer, MetadataObject> change, Runnable whenDurable) {
      this.change = change;
      this.whenDurable = whenDurable;
    }
  }

  private final DeviceIo io;
  private final SuperBlock superBlock;
  private final HomeImages homes;
  private final IntSupplier virginLimit;
  private final long ringSectors;
  private final ArrayDeque<Ticket> queue = new ArrayDeque<>();
  private boolean writing;
  private IOException failure;
  // owned by whoever has set writing
  private final long epoch;
  private Anchor anchor;
  private long nextBatch;
  private long nextSector;
  private long usedSectors;

  /**
   * Continues after the last batch that replay found; {@code used}: sectors from the anchor's
   * position to there. {@code virginLimit}: what the next anchor says of the virgin blocks.
   */
  public JournalWriter(
      DeviceIo io,
      SuperBlock superBlock,
      HomeImages homes,
      Anchor anchor,
      long epoch,
      long nextBatch,
      long nextSector,
      IntSupplier virginLimit) {
    this.io = io;
    this.superBlock = superBlock;
    this.homes = homes;
    this.anchor = anchor;
    this.epoch = epoch;
    this.nextBatch = nextBatch;
    this.nextSector = nextSector;
    this.virginLimit = virginLimit;
    this.ringSectors = superBlock.layout().journalBytes() / VolumeLayout.SECTOR;
    this.usedSectors = Math.floorMod(nextSector - anchor.firstSector(), ringSectors);
  }

  /**
   * Takes a place in the order. {@code whenDurable} runs once it is, on some thread, without locks
   * of this class.
   */
  public synchronized Ticket enqueue(TreeMap<Integer, MetadataObject> change, Runnable whenDurable)
      throws PfsException {
    if (failure != null) {
      throw failed();
    }
    if (Batch.bytesOf(change) > MAX_BODY_BYTES) {
      throw new PfsException(
          Errno.EFBIG, "a metadata transaction of " + change.size() + " objects is too large");
    }
    Ticket ticket = new Ticket(change, whenDurable);
    queue.add(ticket);
    return ticket;
  }

  /** Returns when the transaction is durable. */
  public void await(Ticket ticket) throws IOException {
    while (true) {
      synchronized (this) {
        boolean interrupted = false;
        while (writing && !ticket.durable && failure == null) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        if (ticket.durable) {
          return;
        }
        if (failure != null) {
          throw failed();
        }
        writing = true;
      }
      writeOnce();
    }
  }

  /** Writes what is queued, and the homes and the anchor: the journal is empty then. */
  public void checkpoint() throws IOException {
    synchronized (this) {
      boolean interrupted = false;
      while (writing && failure == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw failed();
      }
      writing = true;
    }
    run(this::writeHomesAndAnchor);
  }

  private PfsException failed() {
    Errno errno = failure instanceof PfsException known ? known.errno() : Errno.EIO;
    return new PfsException(
        errno, "the volume's journal can't be written any more: " + failure.getMessage(), failure);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Runs a step as the one writer; a failure is for ever. */
  private void run(Step step) throws IOException {
    IOException error = null;
    try {
      step.run();
    } catch (IOException e) {
      error = e;
    } finally {
      synchronized (this) {
        writing = false;
        if (error != null && failure == null) {
          failure = error;
        }
        notifyAll();
      }
    }
    if (error != null) {
      throw error;
    }
  }

  private void writeOnce() throws IOException {
    List<Ticket> group = new ArrayList<>();
    run(() -> {
      take(group);
      write(group);
    });
    for (Ticket ticket : group) {
      ticket.whenDurable.run();
    }
  }

  private void take(List<Ticket> group) {
    synchronized (this) {
      int body = 0;
      while (!queue.isEmpty()) {
        body += Batch.bytesOf(queue.peek().change);
        if (body > MAX_BODY_BYTES) {
          return;
        }
        group.add(queue.poll());
      }
    }
  }

  private void write(List<Ticket> group) throws IOException {
    if (group.isEmpty()) {
      return;
    }
    List<TreeMap<Integer, MetadataObject>> changes = new ArrayList<>();
    int body = 0;
    for (Ticket ticket : group) {
      changes.add(ticket.change);
      body += Batch.bytesOf(ticket.change);
    }
    int sectors = Batch.sectorsFor(body);
    if (usedSectors + sectors + 1 > ringSectors * 3 / 4) {
      writeHomesAndAnchor();
    }
    if (nextSector + sectors > ringSectors) {
      append(Collections.emptyList());
      usedSectors += ringSectors - nextSector;
      nextSector = 0;
    }
    append(changes);
    usedSectors += sectors;
    nextSector = (nextSector + sectors) % ringSectors;
    synchronized (this) {
      for (Ticket ticket : group) {
        homes.take(ticket.change);
        ticket.durable = true;
      }
    }
  }

  private void append(List<TreeMap<Integer, MetadataObject>> changes) throws IOException {
    long offset = superBlock.layout().journalOffset() + nextSector * VolumeLayout.SECTOR;
    io.writeBytes(offset, Batch.encode(superBlock.volumeId(), nextBatch, epoch, changes));
    nextBatch++;
  }

  private void writeHomesAndAnchor() throws IOException {
    var dirty = homes.dirtySectors();
    VolumeLayout layout = superBlock.layout();
    for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
      io.writeBytes(
          layout.objectsOffset() + (long) sector * VolumeLayout.SECTOR, homes.sector(sector));
    }
    Anchor moved =
        new Anchor(
            superBlock.volumeId(),
            anchor.version() + 1,
            nextBatch,
            nextSector,
            epoch,
            virginLimit.getAsInt());
    io.writeBytes(moved.slotOffset(), moved.encode());
    anchor = moved;
    usedSectors = 0;
    dirty.clear();
  }
}
