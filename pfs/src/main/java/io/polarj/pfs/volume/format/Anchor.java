package io.polarj.pfs.volume.format;

import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where replay begins: everything in journal batches below {@code firstBatch} is in the metadata
 * homes. Written to two slots in turn, so a torn write leaves the older one: {u64 magic, u64 volume
 * id, u64 version, u64 first batch, u64 its ring position in sectors, u64 fencing epoch of the
 * writer, u32 virgin block, u32 crc32c}.
 *
 * <p>{@code virginBlock}: no block from there on was ever allocated, so it still reads as zeros.
 */
public record Anchor(
    long volumeId, long version, long firstBatch, long firstSector, long epoch, int virginBlock) {
  private static final long MAGIC = 0x31304B4E4153464CL;

  public byte[] encode() {
    MessageWriter out = new MessageWriter(VolumeLayout.SECTOR);
    out.putLong(MAGIC).putLong(volumeId).putLong(version).putLong(firstBatch);
    out.putLong(firstSector).putLong(epoch).putInt(virginBlock);
    out.putInt(crc(out.array(), out.length()));
    return Arrays.copyOf(out.toByteArray(), VolumeLayout.SECTOR);
  }

  /** The anchor of that volume in the slot, or null. */
  public static Anchor decode(byte[] slot, long volumeId) {
    MessageReader in = new MessageReader(slot);
    if (in.getLong() != MAGIC) {
      return null;
    }
    Anchor anchor =
        new Anchor(
            in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInt());
    boolean intact = in.getInt() == crc(slot, in.position() - 4);
    return intact && anchor.volumeId == volumeId ? anchor : null;
  }

  /** The slot that this version goes to. */
  public long slotOffset() {
    return VolumeLayout.ANCHOR + (version & 1) * VolumeLayout.SECTOR;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
