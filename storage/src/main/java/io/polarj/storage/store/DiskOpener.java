package io.polarj.storage.store;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.disk.SuperblockStore;
import io.polarj.storage.disk.WalHeader;
import io.polarj.storage.wal.WalEnd;
import io.polarj.storage.wal.WalRecord;
import io.polarj.storage.wal.WalScanner;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Recovery: superblock, newest whole checkpoint, block table, then the log from where the
 * checkpoint says. Writes nothing, so a crash during recovery changes nothing. One loop only.
 */
public final class DiskOpener {
  private static final int PAGES_PER_READ = 128;
  private final BlockDevice device;
  private final BlockDevice wal;
  private final EventLoop loop;
  private final DiskOptions options;
  private Outcome<Disk> done;
  private Disk disk;
  private CheckpointImage newest;
  private IOException replayError;
  private boolean serves;

  public DiskOpener(BlockDevice device, EventLoop loop, DiskOptions options) {
    this(device, null, loop, options);
  }

  /**
   * @param wal the device of the disk's log, or null when the disk keeps its log in itself
   */
  public DiskOpener(BlockDevice device, BlockDevice wal, EventLoop loop, DiskOptions options) {
    this.device = device;
    this.wal = wal;
    this.loop = loop;
    this.options = options;
  }

  /** Opens the disk of that node; refuses any other. */
  public void open(long clusterId, int nodeId, Outcome<Disk> outcome) {
    done = outcome;
    serves = true;
    new SuperblockStore(device).open(clusterId, nodeId, this::superblockFound);
  }

  /** Opens the disk whoever's it is, for looking at it. */
  public void openAny(Outcome<Disk> outcome) {
    done = outcome;
    new SuperblockStore(device)
        .find((superblock, error) ->
            superblockFound(
                superblock,
                superblock == null && error == null
                    ? new DiskFormatException("no PolarJ superblock")
                    : error));
  }

  private void superblockFound(Superblock superblock, IOException error) {
    if (error != null) {
      done.completed(null, error);
      return;
    }
    if (!superblock.geometry().separateWal()) {
      if (wal != null) {
        done.completed(
            null,
            new DiskFormatException(
                "the disk of node %d keeps its log in itself; start it without a log device"
                    .formatted(superblock.nodeId())));
        return;
      }
      disk = new Disk(device, device, loop, superblock, options);
      readCheckpoint(0);
    } else if (wal == null) {
      done.completed(
          null,
          new DiskFormatException(
              "the disk of node %d (id %x) keeps its log on a separate device; name it"
                  .formatted(superblock.nodeId(), superblock.diskId())));
    } else {
      WalHeader.check(
          wal,
          superblock,
          wrong -> {
            if (wrong != null) {
              done.completed(null, wrong);
            } else {
              disk = new Disk(device, wal, loop, superblock, options);
              readCheckpoint(0);
            }
          });
    }
  }

  private void readCheckpoint(int area) {
    DiskGeometry geometry = disk.superblock.geometry();
    if (area == 2) {
      checkpointsRead();
      return;
    }
    long offset = geometry.checkpointArea(area);
    ByteBuffer header = AlignedBuffers.allocate(DiskGeometry.PAGE_BYTES);
    device.read(
        offset,
        header,
        error -> {
          long length =
              error != null
                  ? 0
                  : CheckpointImage.length(
                      header, disk.superblock.diskId(), geometry.checkpointAreaBytes());
          if (error != null) {
            done.completed(null, error);
          } else if (length == 0) {
            loop.reached(StoreProbe.ONE_CHECKPOINT_ONLY);
            readCheckpoint(area + 1);
          } else {
            readImage(area, offset, length);
          }
        });
  }

  private void readImage(int area, long offset, long length) {
    ByteBuffer image = AlignedBuffers.allocate((int) ((length + 4095) / 4096 * 4096));
    device.read(
        offset,
        image,
        error -> {
          if (error != null) {
            done.completed(null, error);
            return;
          }
          try {
            CheckpointImage found =
                CheckpointImage.decode(image, disk.superblock.diskId(), disk.table.pageCount());
            if (found != null && (newest == null || found.generation() > newest.generation())) {
              newest = found;
            }
            readCheckpoint(area + 1);
          } catch (DiskFormatException e) {
            done.completed(null, e);
          }
        });
  }

  private void checkpointsRead() {
    if (newest == null) {
      done.completed(
          null,
          new DiskFormatException("both checkpoints are damaged: replace this disk's replicas"));
      return;
    }
    for (CheckpointImage.ReplicaState state : newest.replicas()) {
      try {
        disk.add(state.info())
            .diskLog()
            .recover(state.hardState(), state.snapshot(), state.applied());
      } catch (IllegalArgumentException e) {
        done.completed(null, new DiskFormatException("checkpoint: " + e.getMessage()));
        return;
      }
    }
    disk.nextReplica(newest.nextReplica());
    for (int page = 0; page < disk.table.pageCount(); page++) {
      disk.table.pageVersion(page, newest.pageVersions()[page]);
    }
    readTable(0);
  }

  private void readTable(int from) {
    int page = from;
    while (page < disk.table.pageCount() && disk.table.pageVersion(page) == 0) {
      page++;
    }
    if (page == disk.table.pageCount()) {
      adoptBlocks();
      return;
    }
    int first = page;
    int count = Math.min(PAGES_PER_READ, disk.table.pageCount() - first);
    ByteBuffer buffer = disk.buffers.take(count * 2 * DiskGeometry.PAGE_BYTES);
    device.read(
        disk.superblock.geometry().tablePage(first, 0),
        buffer,
        error -> {
          IOException wrong = error != null ? error : decodePages(first, count, buffer);
          disk.buffers.give(buffer);
          if (wrong != null) {
            done.completed(null, wrong);
          } else {
            readTable(first + count);
          }
        });
  }

  private IOException decodePages(int first, int count, ByteBuffer buffer) {
    try {
      for (int i = 0; i < count; i++) {
        long version = disk.table.pageVersion(first + i);
        if (version != 0) {
          int slot = 2 * i + (int) (version & 1);
          disk.table.decodePage(first + i, buffer, slot * DiskGeometry.PAGE_BYTES);
        }
      }
      return null;
    } catch (DiskFormatException e) {
      return e;
    }
  }

  private void adoptBlocks() {
    for (int block = disk.table.nextUsed(0); block >= 0; block = disk.table.nextUsed(block + 1)) {
      DiskReplica owner = disk.replicas.get(disk.table.owner(block));
      if (owner == null && disk.table.owner(block) < disk.nextReplica()) {
        disk.table.release(block); // its replica was deleted just before the checkpoint
        continue;
      }
      if (owner == null || !owner.blocks().adopt(block)) {
        done.completed(
            null,
            new DiskFormatException(
                "block %d belongs to replica %d at %d, which can not be"
                    .formatted(block, disk.table.owner(block), disk.table.logical(block))));
        return;
      }
    }
    WalEnd from = new WalEnd(newest.replayFrom(), newest.session(), 0, 0);
    WalScanner.scan(disk.area(), disk.buffers, from, this::replay, this::scanned);
  }

  private void replay(WalRecord record) {
    if (replayError != null) {
      return;
    }
    if (record.body() == null) {
      loop.reached(StoreProbe.RECORD_WITHOUT_BODY);
    }
    boolean after = record.place().record() >= newest.stateAt();
    try {
      if (record.type() == RecordType.CREATE) {
        if (after) {
          ReplicaInfo info = StoreCodec.replicaInfo(new MessageReader(record.head()));
          disk.add(info);
          disk.nextReplica(Math.max(disk.nextReplica(), info.number() + 1));
        }
      } else if (record.type() == RecordType.DELETE) {
        disk.remove(record.owner());
      } else {
        DiskReplica replica = disk.replicas.get(record.owner());
        if (replica != null) { // else it was deleted since
          replica.diskLog().replay(record, after);
        }
      }
    } catch (MalformedMessageException | IllegalArgumentException e) {
      replayError =
          new DiskFormatException(
              "write-ahead log record at " + record.place().record() + ": " + e.getMessage());
    }
  }

  private void scanned(WalEnd end, IOException error) {
    if (error != null || replayError != null) {
      done.completed(null, error != null ? error : replayError);
    } else if (end.position() < newest.stateAt()) {
      done.completed(
          null,
          new DiskFormatException(
              "the write-ahead log ends at %d, before the checkpoint's %d: replace this disk's"
                      .formatted(end.position(), newest.stateAt())
                  + " replicas"));
    } else {
      makeDurable(() -> {
        disk.opened(end, newest.replayFrom(), newest.generation());
        done.completed(disk, null);
      });
    }
  }

  /**
   * A process that was killed may have left behind what it had written and not flushed. It was read
   * here and will be vouched for, so it has to survive a power cut from now on.
   */
  private void makeDurable(Runnable then) {
    if (!serves) {
      then.run();
      return;
    }
    flush(
        device,
        () -> {
          if (wal == null) {
            then.run();
          } else {
            flush(wal, then);
          }
        });
  }

  private void flush(BlockDevice some, Runnable then) {
    some.flush(error -> {
      if (error != null) {
        done.completed(null, error);
      } else {
        then.run();
      }
    });
  }
}
