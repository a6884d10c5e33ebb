package io.polarj.pfs.volume.journal;

import io.polarj.pfs.volume.format.MetadataObject;
import io.polarj.pfs.volume.format.VolumeLayout;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Transactions that were committed together, as they stand in the journal's ring: whole sectors,
 * never rewritten, {u64 magic, u64 volume id, u64 number, u64 epoch, u32 sectors, u32 transactions,
 * u32 body bytes, u32 crc32c with itself as zero}, then per transaction {u32 images, per image u32
 * object number and 256 bytes}. Numbers are consecutive, so the end of the journal is where no
 * valid batch of the next number stands. A batch without transactions means that the next one
 * stands at the ring's start.
 */
record Batch(long number, long epoch, int sectors, List<TreeMap<Integer, MetadataObject>> changes) {
  static final int HEADER_BYTES = 48;
  private static final int CRC_AT = 44;
  private static final long MAGIC = 0x314C4E4A53465049L;
  private static final int IMAGE_BYTES = 4 + MetadataObject.BYTES;

  /** Body bytes that a transaction takes. */
  static int bytesOf(Map<Integer, MetadataObject> change) {
    return 4 + change.size() * IMAGE_BYTES;
  }

  static int sectorsFor(int bodyBytes) {
    return Math.ceilDiv(HEADER_BYTES + bodyBytes, VolumeLayout.SECTOR);
  }

  static byte[] encode(
      long volumeId, long number, long epoch, List<TreeMap<Integer, MetadataObject>> changes) {
    int body = 0;
    for (Map<Integer, MetadataObject> change : changes) {
      body += bytesOf(change);
    }
    int sectors = sectorsFor(body);
    MessageWriter out = new MessageWriter(sectors * VolumeLayout.SECTOR);
    out.putLong(MAGIC).putLong(volumeId).putLong(number).putLong(epoch);
    out.putInt(sectors).putInt(changes.size()).putInt(body).putInt(0);
    for (Map<Integer, MetadataObject> change : changes) {
      out.putInt(change.size());
      for (Map.Entry<Integer, MetadataObject> image : change.entrySet()) {
        out.putInt(image.getKey()).putRaw(image.getValue().encode(), 0, MetadataObject.BYTES);
      }
    }
    out.setInt(CRC_AT, crc(out.array(), out.length()));
    return Arrays.copyOf(out.array(), sectors * VolumeLayout.SECTOR);
  }

  /**
   * How many sectors the batch of that number takes whose first sector this is, or 0 when it is
   * none.
   */
  static int sectorsOf(byte[] first, long volumeId, long number) {
    MessageReader in = new MessageReader(first);
    if (in.getLong() != MAGIC || in.getLong() != volumeId || in.getLong() != number) {
      return 0;
    }
    in.getLong();
    int sectors = in.getInt();
    return sectors > 0 && sectors <= JournalWriter.MAX_BATCH_SECTORS ? sectors : 0;
  }

  /** The number that a batch's first sector claims, or 0 when it is none. */
  static long numberIn(byte[] first, long volumeId) {
    MessageReader in = new MessageReader(first);
    return in.getLong() == MAGIC && in.getLong() == volumeId ? in.getLong() : 0;
  }

  /** The batch, or null when these bytes are not it or it was torn. */
  static Batch decode(byte[] bytes, long volumeId, long number) {
    int sectors = sectorsOf(bytes, volumeId, number);
    if (sectors == 0 || bytes.length != sectors * VolumeLayout.SECTOR) {
      return null;
    }
    MessageReader in = new MessageReader(bytes);
    in.getRaw(24);
    long epoch = in.getLong();
    in.getRaw(4);
    int count = in.getInt();
    int body = in.getInt();
    int crc = in.getInt();
    if (body < 0 || body > bytes.length - HEADER_BYTES) {
      return null;
    }
    byte[] checked = Arrays.copyOf(bytes, HEADER_BYTES + body);
    Arrays.fill(checked, CRC_AT, CRC_AT + 4, (byte) 0);
    if (crc != crc(checked, checked.length)) {
      return null;
    }
    List<TreeMap<Integer, MetadataObject>> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TreeMap<Integer, MetadataObject> change = new TreeMap<>();
      int images = in.getCount(IMAGE_BYTES);
      for (int j = 0; j < images; j++) {
        int objectNo = in.getInt();
        change.put(objectNo, MetadataObject.decode(in.getRaw(MetadataObject.BYTES), 0));
      }
      changes.add(change);
    }
    if (in.position() != HEADER_BYTES + body) {
      throw new MalformedMessageException("journal batch " + number + " has a wrong length");
    }
    return new Batch(number, epoch, sectors, changes);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
