package io.polarj.pfs.volume.fsck;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.format.Anchor;
import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.pfs.volume.lock.VolumeLock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Verifies everything that a volume's metadata consists of, and repairs what can be repaired:
 * superblocks, anchors, paxos file, journal, homes, extents against each other and the volume's
 * size, names, links, the tree. With {@code data}, every block of every file is read too, so that
 * the chunks verify their checksums. Verifying and repairing are the same code: repairs are made in
 * memory, and written or not.
 */
public final class Fsck {
  private static final int PIECE_BYTES = 1 << 20;

  private Fsck() {}

  /** Looks, and changes nothing. A volume that is being written may look damaged. */
  public static FsckReport verify(VolumeDevice device, boolean data) throws IOException {
    return run(new DeviceIo(device), null, data);
  }

  /** Looks and repairs. The lock says that nobody else has the volume. */
  public static FsckReport repair(VolumeDevice device, VolumeLock lock, boolean data)
      throws IOException {
    if (device.readOnly()) {
      throw new PfsException(Errno.EROFS, "a device for reading alone can't be repaired");
    }
    lock.check();
    return run(new DeviceIo(device), lock, data);
  }

  private static FsckReport run(DeviceIo io, VolumeLock lock, boolean data) throws IOException {
    Findings findings = new Findings();
    RawVolume raw = new RawVolume(io, findings);
    if (!raw.read()) {
      return new FsckReport(findings.all(), 0, 0, 0, 0);
    }
    VolumeLayout layout = raw.superBlock().layout();
    long volumeBytes = raw.superBlock().volumeBytes();
    if (raw.objects()[0] instanceof MetadataObject.VolumeSize size) {
      volumeBytes = Math.max(volumeBytes, size.bytes());
    } else if (raw.objects()[0] != null) {
      findings.whole("object 0 is not the volume's size: it is freed");
      raw.objects()[0] = null;
    }
    if (volumeBytes > io.device().size()) {
      findings.hopeless(
          "the file system is made for "
              + volumeBytes
              + " bytes, the volume has "
              + io.device().size());
      return new FsckReport(findings.all(), 0, 0, 0, 0);
    }
    TreeCheck tree = new TreeCheck(raw.objects(), layout, volumeBytes, findings);
    tree.run();
    Anchor anchor = raw.anchor();
    int blocks = layout.blocksOf(volumeBytes);
    int virgin = anchor == null ? blocks : anchor.virginBlock();
    if (tree.blocksEnd() > virgin) {
      findings.whole(
          "block "
              + (tree.blocksEnd() - 1)
              + " is in use, but the anchor calls blocks from "
              + virgin
              + " on unused");
      virgin = blocks;
    }
    if (data) {
      readData(io, raw.objects(), layout, findings);
    }
    if (lock != null && !findings.all().isEmpty()) {
      raw.write(virgin, lock.epoch());
    }
    return new FsckReport(
        findings.all(), tree.files(), tree.directories(), tree.usedBlocks(), blocks);
  }

  private static void readData(
      DeviceIo io, MetadataObject[] objects, VolumeLayout layout, Findings findings)
      throws IOException {
    MemorySegment memory = io.borrow(PIECE_BYTES);
    for (MetadataObject object : objects) {
      if (object instanceof MetadataObject.Inode inode) {
        for (MetadataObject.Extent extent : inode.extents()) {
          readExtent(io, inode.id(), extent, layout, memory, findings);
        }
      } else if (object instanceof MetadataObject.Extents more) {
        for (MetadataObject.Extent extent : more.extents()) {
          readExtent(io, more.inode(), extent, layout, memory, findings);
        }
      }
    }
    io.giveBack(memory);
  }

  private static void readExtent(
      DeviceIo io,
      long inode,
      MetadataObject.Extent extent,
      VolumeLayout layout,
      MemorySegment memory,
      Findings findings) {
    long from = layout.offsetOfBlock(extent.volumeBlock());
    long end = from + (long) extent.count() * layout.blockBytes();
    for (long at = from; at < end; at += PIECE_BYTES) {
      try {
        io.read(at, memory.asSlice(0, Math.min(PIECE_BYTES, end - at)));
      } catch (IOException e) {
        findings.hopeless("data of inode " + inode + " can't be read: " + e.getMessage());
        return;
      }
    }
  }
}
