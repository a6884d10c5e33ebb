package io.polarj.storage.store;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.disk.SuperblockStore;
import io.polarj.storage.disk.WalHeader;
import java.io.IOException;

/**
 * Makes a device a ChunkServer's disk: the header of a separate log device, the first checkpoint,
 * then the superblock, so that a half-formatted disk has none. Whatever older bytes are there can
 * not pass for this disk's, because its random id is new.
 */
public final class DiskFormatter {
  private final BlockDevice device;
  private final BlockDevice wal;

  public DiskFormatter(BlockDevice device) {
    this(device, null);
  }

  /**
   * @param wal the device for the log, or null when the disk keeps its log in itself
   */
  public DiskFormatter(BlockDevice device, BlockDevice wal) {
    this.device = device;
    this.wal = wal;
  }

  /**
   * @param diskId random
   * @param overwrite also when the device is a PolarJ disk already, whose data are then lost
   */
  public void format(
      long diskId,
      long clusterId,
      int nodeId,
      DiskGeometry geometry,
      boolean overwrite,
      Outcome<Superblock> done) {
    if (geometry.separateWal() != (wal != null)) {
      throw new IllegalArgumentException("the layout and the devices do not agree on the log");
    }
    Superblock superblock = new Superblock(diskId, clusterId, nodeId, geometry);
    SuperblockStore store = new SuperblockStore(device);
    if (overwrite) {
      writeWalHeader(superblock, store, done);
      return;
    }
    store.find((found, error) -> {
      if (error != null || found != null) {
        done.completed(
            null,
            error != null
                ? error
                : new DiskFormatException(
                    "the device is the disk of node %d of cluster %d already; say so if its"
                            .formatted(found.nodeId(), found.clusterId())
                        + " data may be lost"));
      } else if (wal == null) {
        writeCheckpoint(superblock, store, done);
      } else {
        WalHeader.checkFree(
            wal,
            taken -> {
              if (taken != null) {
                done.completed(null, taken);
              } else {
                writeWalHeader(superblock, store, done);
              }
            });
      }
    });
  }

  private void writeWalHeader(
      Superblock superblock, SuperblockStore store, Outcome<Superblock> done) {
    if (wal == null) {
      writeCheckpoint(superblock, store, done);
      return;
    }
    WalHeader.write(
        wal,
        superblock,
        error -> {
          if (error != null) {
            done.completed(null, error);
          } else {
            writeCheckpoint(superblock, store, done);
          }
        });
  }

  private void writeCheckpoint(
      Superblock superblock, SuperblockStore store, Outcome<Superblock> done) {
    DiskGeometry geometry = superblock.geometry();
    CheckpointImage first = CheckpointImage.first(Math.toIntExact(geometry.tablePages()));
    try {
      device.write(
          geometry.checkpointArea(first.generation()),
          first.encode(superblock.diskId(), geometry.checkpointAreaBytes()),
          error -> {
            if (error != null) {
              done.completed(null, error);
              return;
            }
            device.flush(flushError -> {
              if (flushError != null) {
                done.completed(null, flushError);
              } else {
                store.write(superblock, done);
              }
            });
          });
    } catch (IOException e) {
      done.completed(null, e);
    }
  }
}
