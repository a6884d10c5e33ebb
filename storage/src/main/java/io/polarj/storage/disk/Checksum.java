package io.polarj.storage.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * CRC32C. Checksums of metadata start with the disk's random id, which no user data knows: neither
 * a block of another disk nor a page that a user filled with the image of a log can pass for
 * metadata of this disk.
 */
public final class Checksum {
  private Checksum() {}

  /** Of plain bytes. */
  public static int of(byte[] bytes, int offset, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, count);
    return (int) crc.getValue();
  }

  /** Of {@code count} bytes of the buffer from {@code offset}; the buffer's position stays. */
  public static int of(ByteBuffer buffer, int offset, int count) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(offset, count));
    return (int) crc.getValue();
  }

  /** Of the disk id followed by the bytes. */
  public static int salted(long diskId, ByteBuffer buffer, int offset, int count) {
    CRC32C crc = new CRC32C();
    crc.update(salt(diskId));
    crc.update(buffer.slice(offset, count));
    return (int) crc.getValue();
  }

  private static byte[] salt(long diskId) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(diskId).array();
  }
}
