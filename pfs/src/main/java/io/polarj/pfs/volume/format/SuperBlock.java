package io.polarj.pfs.volume.format;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first sector of a volume, and its copy: {u64 magic, u32 format version, u64 volume id, u64
 * bytes at mkfs, layout, u32 crc32c of all before}. Written by mkfs, and by the first read-write
 * mount of an older format.
 */
public record SuperBlock(int format, long volumeId, long volumeBytes, VolumeLayout layout) {
  private static final long MAGIC = 0x31304C4F56534650L; // "PFSVOL01"

  /** Format 2 has the paxos file; a read-write mount gives it to a volume of format 1. */
  public static final int FORMAT = 2;

  private static final int OLDEST_FORMAT = 1;

  public byte[] encode() {
    MessageWriter out = new MessageWriter(VolumeLayout.SECTOR);
    out.putLong(MAGIC).putInt(format).putLong(volumeId).putLong(volumeBytes);
    out.putInt(layout.blockBytes()).putLong(layout.journalOffset()).putLong(layout.journalBytes());
    out.putLong(layout.objectsOffset()).putInt(layout.objectCount());
    out.putInt(crc(out.array(), out.length()));
    return Arrays.copyOf(out.toByteArray(), VolumeLayout.SECTOR);
  }

  /** The superblock, or null when the sector is none (never written, torn, of something else). */
  public static SuperBlock decode(byte[] sector) {
    MessageReader in = new MessageReader(sector);
    if (in.getLong() != MAGIC) {
      return null;
    }
    int format = in.getInt();
    try {
      SuperBlock block =
          new SuperBlock(
              format,
              in.getLong(),
              in.getLong(),
              new VolumeLayout(in.getInt(), in.getLong(), in.getLong(), in.getLong(), in.getInt()));
      if (in.getInt() != crc(sector, in.position() - 4)) {
        return null;
      }
      if (format < OLDEST_FORMAT || format > FORMAT) {
        throw new MalformedMessageException(
            "the volume has format "
                + format
                + "; this version reads the formats "
                + OLDEST_FORMAT
                + " to "
                + FORMAT);
      }
      return block;
    } catch (IllegalArgumentException e) {
      return null; // a layout that can't be: the sector is damaged
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
