package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.lock.LockArea;
import io.polarj.pfs.volume.meta.Namespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Makes a file system on a volume. The superblock is written last: a volume whose mkfs was cut
 * short is not mountable, and mkfs can be run again.
 */
public final class Mkfs {
  private static final int PIECE_BYTES = 1 << 20;

  private Mkfs() {}

  /** Whether the volume carries a file system. */
  public static boolean formatted(VolumeDevice device) throws IOException {
    return superBlock(new DeviceIo(device)) != null;
  }

  /** The superblock or its copy; null when neither is one. */
  static SuperBlock superBlock(DeviceIo io) throws IOException {
    SuperBlock first =
        SuperBlock.decode(io.readBytes(VolumeLayout.SUPERBLOCK, VolumeLayout.SECTOR));
    return first != null
        ? first
        : SuperBlock.decode(io.readBytes(VolumeLayout.SUPERBLOCK_COPY, VolumeLayout.SECTOR));
  }

  /**
   * {@code volumeId} tells this file system from all others; {@code nowMillis} dates the root
   * directory.
   */
  public static void run(VolumeDevice device, MkfsOptions options, long volumeId, long nowMillis)
      throws IOException {
    DeviceIo io = new DeviceIo(device);
    byte[] head = io.readBytes(VolumeLayout.SUPERBLOCK, 2 * VolumeLayout.SECTOR);
    boolean untouched = isZero(head);
    if (!untouched && !options.force() && superBlock(io) != null) {
      throw new PfsException(
          Errno.EEXIST, "the volume has a file system; say force to lose everything on it");
    }
    VolumeLayout layout =
        VolumeLayout.of(options.blockBytes(), options.journalBytes(), options.objects());
    int blocks = layout.blocksOf(device.size());
    if (blocks < 4) {
      throw new PfsException(
          Errno.ENOSPC,
          "a volume of "
              + device.size()
              + " bytes is too small: metadata alone takes "
              + layout.dataOffset());
    }
    io.writeBytes(VolumeLayout.SUPERBLOCK, new byte[2 * VolumeLayout.SECTOR]);
    // stale batches can't be taken for new ones (the volume id differs), stale objects could
    zero(io, layout.objectsOffset(), layout.dataOffset());
    zero(io, LockArea.OFFSET, LockArea.OFFSET + LockArea.BYTES);
    writeRoot(io, layout, nowMillis);
    Anchor anchor = new Anchor(volumeId, 1, 1, 0, 0, untouched ? 0 : blocks);
    io.writeBytes(anchor.slotOffset(), anchor.encode());
    Anchor second = new Anchor(volumeId, 2, 1, 0, 0, untouched ? 0 : blocks);
    io.writeBytes(second.slotOffset(), second.encode());
    byte[] superBlock = new SuperBlock(SuperBlock.FORMAT, volumeId, device.size(), layout).encode();
    io.writeBytes(VolumeLayout.SUPERBLOCK_COPY, superBlock);
    io.writeBytes(VolumeLayout.SUPERBLOCK, superBlock);
  }

  /** Gives a volume of an older format what the newest has; the caller is its one writer. */
  static void upgrade(DeviceIo io, SuperBlock superBlock) throws IOException {
    if (superBlock.format() < SuperBlock.FORMAT) {
      byte[] now =
          new SuperBlock(
                  SuperBlock.FORMAT,
                  superBlock.volumeId(),
                  superBlock.volumeBytes(),
                  superBlock.layout())
              .encode();
      io.writeBytes(VolumeLayout.SUPERBLOCK_COPY, now);
      io.writeBytes(VolumeLayout.SUPERBLOCK, now);
    }
  }

  private static void writeRoot(DeviceIo io, VolumeLayout layout, long nowMillis)
      throws IOException {
    byte[] sector = new byte[VolumeLayout.SECTOR];
    byte[] root =
        new MetadataObject.Inode(Namespace.ROOT, true, 1, 0, nowMillis, 0, List.of()).encode();
    int at = MetadataObject.objectOf(Namespace.ROOT) * MetadataObject.BYTES;
    System.arraycopy(root, 0, sector, at, root.length);
    io.writeBytes(layout.sectorOfObject(0), sector);
  }

  /** Writes zeros only where there are none yet: on a fresh volume nothing is written. */
  private static void zero(DeviceIo io, long from, long to) throws IOException {
    Arena arena = Arena.ofAuto();
    MemorySegment zeros = arena.allocate(PIECE_BYTES, VolumeDevice.ALIGNMENT);
    MemorySegment piece = io.borrow(PIECE_BYTES);
    try {
      for (long at = from; at < to; at += PIECE_BYTES) {
        long bytes = Math.min(PIECE_BYTES, to - at);
        io.read(at, piece.asSlice(0, bytes));
        if (piece.asSlice(0, bytes).mismatch(zeros.asSlice(0, bytes)) >= 0) {
          io.write(at, zeros.asSlice(0, bytes));
        }
      }
    } finally {
      io.giveBack(piece);
    }
  }

  private static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }
}
