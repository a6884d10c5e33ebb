package io.polarj.storage.disk;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes and finds the two superblock copies of a device. Lives on the device's loop. */
public final class SuperblockStore {
  private final BlockDevice device;

  public SuperblockStore(BlockDevice device) {
    this.device = device;
  }

  /** Reads both copies; one intact copy is enough. Answers null when neither has the magic. */
  public void find(Outcome<Superblock> done) {
    if (device.size() < DiskGeometry.SUPERBLOCK_B_OFFSET + Superblock.BYTES) {
      done.completed(
          null, new DiskFormatException("a device of " + device.size() + " bytes is too small"));
      return;
    }
    ByteBuffer first = AlignedBuffers.allocate(Superblock.BYTES);
    ByteBuffer second = AlignedBuffers.allocate(Superblock.BYTES);
    device.read(
        DiskGeometry.SUPERBLOCK_A_OFFSET,
        first,
        firstError ->
            device.read(
                DiskGeometry.SUPERBLOCK_B_OFFSET,
                second,
                secondError -> choose(first, firstError, second, secondError, done)));
  }

  private void choose(
      ByteBuffer first,
      IOException firstError,
      ByteBuffer second,
      IOException secondError,
      Outcome<Superblock> done) {
    boolean firstIs = firstError == null && Superblock.hasMagic(first);
    boolean secondIs = secondError == null && Superblock.hasMagic(second);
    if (!firstIs && !secondIs) {
      done.completed(null, firstError != null ? firstError : secondError);
      return;
    }
    try {
      done.completed(checked(firstIs ? first : second), null);
    } catch (DiskFormatException e) {
      if (!firstIs || !secondIs) {
        done.completed(null, e);
        return;
      }
      try {
        done.completed(checked(second), null);
      } catch (DiskFormatException ignoredForTheFirst) {
        done.completed(null, e);
      }
    }
  }

  private Superblock checked(ByteBuffer bytes) throws DiskFormatException {
    Superblock superblock = Superblock.decode(bytes);
    if (superblock.geometry().deviceBytes() > device.size()) {
      throw new DiskFormatException(
          "disk was formatted with "
              + superblock.geometry().deviceBytes()
              + " bytes but has only "
              + device.size());
    }
    return superblock;
  }

  /** Finds the superblock and refuses the disk of another cluster or node. */
  public void open(long clusterId, int nodeId, Outcome<Superblock> done) {
    find((superblock, error) -> {
      if (error != null) {
        done.completed(null, error);
      } else if (superblock == null) {
        done.completed(
            null, new DiskFormatException("no PolarJ superblock; format the disk first"));
      } else if (superblock.clusterId() != clusterId || superblock.nodeId() != nodeId) {
        done.completed(
            null,
            new DiskFormatException(
                "disk belongs to node %d of cluster %d, not to node %d of cluster %d"
                    .formatted(superblock.nodeId(), superblock.clusterId(), nodeId, clusterId)));
      } else {
        done.completed(superblock, null);
      }
    });
  }

  /** Writes both copies and makes them durable, the second after the first. */
  public void write(Superblock superblock, Outcome<Superblock> done) {
    ByteBuffer bytes = superblock.encode();
    writeAndFlush(
        DiskGeometry.SUPERBLOCK_B_OFFSET,
        bytes,
        error -> {
          if (error != null) {
            done.completed(null, error);
            return;
          }
          writeAndFlush(
              DiskGeometry.SUPERBLOCK_A_OFFSET,
              bytes,
              last -> done.completed(last == null ? superblock : null, last));
        });
  }

  private void writeAndFlush(long offset, ByteBuffer bytes, IoCallback done) {
    device.write(
        offset,
        bytes,
        error -> {
          if (error != null) {
            done.completed(error);
          } else {
            device.flush(done);
          }
        });
  }
}
