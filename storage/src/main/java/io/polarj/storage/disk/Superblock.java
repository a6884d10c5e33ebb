package io.polarj.storage.disk;

import io.polarj.platform.disk.AlignedBuffers;
import java.nio.ByteBuffer;

/**
 * What a disk is: format, owner, layout. Written once, when the disk is formatted, in two copies,
 * and never again. {@code diskId} is random and salts every checksum of the disk's metadata.
 */
public record Superblock(long diskId, long clusterId, int nodeId, DiskGeometry geometry) {
  public static final int BYTES = 4096;

  /**
   * The only format that is read. 1 and 2 (with a log on a separate device) had no versions of
   * blocks, so no chunk snapshots.
   */
  public static final int FORMAT_VERSION = 3;

  private static final int SEPARATE_WAL_AT = 120;

  /** Reads {@code PJDISK01} in a hex dump. */
  static final long MAGIC = 0x31304B5349444A50L;

  private static final int CRC_AT = BYTES - Integer.BYTES;

  ByteBuffer encode() {
    ByteBuffer out = AlignedBuffers.allocate(BYTES);
    out.putLong(MAGIC).putInt(FORMAT_VERSION).putInt(BYTES);
    out.putLong(diskId).putLong(clusterId).putInt(nodeId).putInt(0);
    out.putLong(geometry.deviceBytes());
    out.putInt(DiskGeometry.BLOCK_BYTES).putInt(DiskGeometry.SECTOR_BYTES);
    out.putLong(geometry.checkpointOffset()).putLong(geometry.checkpointAreaBytes());
    out.putLong(geometry.walOffset()).putLong(geometry.walBytes());
    out.putLong(geometry.tableOffset()).putLong(geometry.tablePages());
    out.putLong(geometry.dataOffset()).putLong(geometry.blockCount());
    out.putInt(SEPARATE_WAL_AT, geometry.separateWal() ? 1 : 0);
    out.putInt(CRC_AT, Checksum.of(out, 0, CRC_AT));
    return out.clear();
  }

  /** Whether the bytes claim to be a superblock, intact or not. */
  static boolean hasMagic(ByteBuffer in) {
    return in.getLong(0) == MAGIC;
  }

  static Superblock decode(ByteBuffer in) throws DiskFormatException {
    if (!hasMagic(in)) {
      throw new DiskFormatException("no PolarJ superblock; format the disk first");
    }
    int version = in.getInt(8);
    if (version > FORMAT_VERSION) {
      throw new DiskFormatException(
          "disk format version "
              + version
              + " is newer than this program's "
              + FORMAT_VERSION
              + "; start a newer release");
    }
    if (in.getInt(CRC_AT) != Checksum.of(in, 0, CRC_AT)) {
      throw new DiskFormatException("superblock checksum is wrong");
    }
    if (version != FORMAT_VERSION) {
      throw new DiskFormatException(
          "disk format version "
              + version
              + " has no chunk snapshots and is not read any more; format the disk anew and let"
              + " PolarCtrl make its replicas again from the other members");
    }
    if (in.getInt(48) != DiskGeometry.BLOCK_BYTES || in.getInt(52) != DiskGeometry.SECTOR_BYTES) {
      throw new DiskFormatException(
          "disk has blocks of " + in.getInt(48) + " and sectors of " + in.getInt(52) + " bytes");
    }
    try {
      DiskGeometry geometry =
          new DiskGeometry(
              in.getLong(40),
              in.getLong(56),
              in.getLong(64),
              in.getLong(72),
              in.getLong(80),
              in.getLong(88),
              in.getLong(96),
              in.getLong(104),
              in.getLong(112),
              in.getInt(SEPARATE_WAL_AT) == 1);
      return new Superblock(in.getLong(16), in.getLong(24), in.getInt(32), geometry);
    } catch (IllegalArgumentException e) {
      throw new DiskFormatException("superblock: " + e.getMessage());
    }
  }
}
