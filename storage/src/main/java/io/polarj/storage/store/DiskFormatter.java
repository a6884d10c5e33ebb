package io.polarj.storage.store;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.disk.SuperblockStore;
import java.io.IOException;

/**
 * Makes a device a ChunkServer's disk: the first checkpoint, then the superblock, so that a
 * half-formatted disk has none. Whatever older bytes are there can not pass for this disk's,
 * because its random id is new.
 */
public final class DiskFormatter {
  private final BlockDevice device;

  public DiskFormatter(BlockDevice device) {
    this.device = device;
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
    Superblock superblock = new Superblock(diskId, clusterId, nodeId, geometry);
    SuperblockStore store = new SuperblockStore(device);
    if (overwrite) {
      writeCheckpoint(superblock, store, done);
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
