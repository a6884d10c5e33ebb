package io.polarj.storage.wal;

import io.polarj.storage.disk.Checksum;
import java.nio.ByteBuffer;

/**
 * Bytes of batches and records; the README has the tables. A batch header is 64 bytes at a multiple
 * of 4 KiB; records follow, each aligned to 8; zeros fill the last 4 KiB.
 *
 * <p>Why nothing stale is ever taken for a batch: the checksum is salted with the disk's random id;
 * a batch names its own position, which grows for ever, so an earlier lap or a misdirected write
 * does not match; and it names the checksum of the batch before it.
 */
final class WalFormat {
  static final int BLOCK_BYTES = 4096;
  static final int BATCH_HEADER_BYTES = 64;
  static final int RECORD_HEADER_BYTES = 40;

  /** Reads {@code PJWB} in a hex dump. */
  private static final int BATCH_MAGIC = 0x42574A50;

  private static final int RECORD_CRC_AT = 32;
  private static final int HEAD_CRC_AT = 36;
  private static final int BATCH_CRC_AT = 60;

  /** What one batch header says. */
  record BatchHeader(
      long session, long sequence, long position, int length, int records, int previous, int crc) {}

  private WalFormat() {}

  static int recordBytes(int headBytes, int bodyBytes) {
    return (Math.addExact(Math.addExact(RECORD_HEADER_BYTES, headBytes), bodyBytes) + 7) & ~7;
  }

  static int roundUp(int bytes) {
    return (bytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
  }

  /** Puts a record at the buffer's position; the buffer has room. */
  static void putRecord(
      ByteBuffer out, long diskId, int type, long owner, long position, byte[] head, byte[] body) {
    int at = out.position();
    int length = RECORD_HEADER_BYTES + head.length + body.length;
    out.putInt(length).putInt(type).putLong(position).putLong(owner);
    out.putInt(head.length).putInt(body.length).putInt(0).putInt(0);
    out.put(head).put(body);
    out.putInt(at + HEAD_CRC_AT, headCrc(out, diskId, at, head.length));
    out.putInt(at + RECORD_CRC_AT, crc(out, diskId, at, RECORD_CRC_AT, length));
    while ((out.position() & 7) != 0) {
      out.put((byte) 0);
    }
  }

  /** The record at an offset of the buffer, or null when the bytes there are not that record. */
  static WalRecord record(ByteBuffer in, long diskId, int at, WalPlace place) {
    if (at < 0 || in.limit() - at < RECORD_HEADER_BYTES) {
      return null;
    }
    int length = in.getInt(at);
    int type = in.getInt(at + 4);
    int headBytes = in.getInt(at + 24);
    int bodyBytes = in.getInt(at + 28);
    if (length < RECORD_HEADER_BYTES
        || length > in.limit() - at
        || headBytes < 0
        || bodyBytes < 0
        || (long) headBytes + bodyBytes != length - RECORD_HEADER_BYTES
        || in.getLong(at + 8) != place.record()
        || type <= 0
        || type > 255
        || in.getInt(at + RECORD_CRC_AT) != crc(in, diskId, at, RECORD_CRC_AT, length)) {
      return null;
    }
    byte[] head = new byte[headBytes];
    byte[] body = new byte[bodyBytes];
    in.get(at + RECORD_HEADER_BYTES, head);
    in.get(at + RECORD_HEADER_BYTES + headBytes, body);
    return new WalRecord(type, in.getLong(at + 16), place, head, body, bodyBytes);
  }

  /**
   * The record at an offset of a damaged batch, or null when there is none whose header and head
   * are right. Its body is null when that is damaged.
   */
  static WalRecord salvage(ByteBuffer in, long diskId, int at, WalPlace place) {
    WalRecord whole = record(in, diskId, at, place);
    if (whole != null || at < 0 || in.limit() - at < RECORD_HEADER_BYTES) {
      return whole;
    }
    int length = in.getInt(at);
    int headBytes = in.getInt(at + 24);
    int bodyBytes = in.getInt(at + 28);
    if (length < RECORD_HEADER_BYTES
        || length > in.limit() - at
        || headBytes < 0
        || bodyBytes < 0
        || (long) headBytes + bodyBytes != length - RECORD_HEADER_BYTES
        || in.getLong(at + 8) != place.record()
        || in.getInt(at + HEAD_CRC_AT) != headCrc(in, diskId, at, headBytes)) {
      return null;
    }
    byte[] head = new byte[headBytes];
    in.get(at + RECORD_HEADER_BYTES, head);
    byte[] body = bodyBytes == 0 ? new byte[0] : null;
    return new WalRecord(in.getInt(at + 4), in.getLong(at + 16), place, head, body, bodyBytes);
  }

  /** Of the record's header up to its checksums, and its head. */
  private static int headCrc(ByteBuffer in, long diskId, int at, int headBytes) {
    int header = Checksum.salted(diskId, in, at, RECORD_CRC_AT);
    return Checksum.salted(((long) header << 32) ^ diskId, in, at + RECORD_HEADER_BYTES, headBytes);
  }

  /** Completes a batch whose records stand behind the header; its length is a multiple of 4 KiB. */
  static int sealBatch(ByteBuffer out, long diskId, BatchHeader header) {
    out.putInt(0, BATCH_MAGIC).putInt(4, header.length());
    out.putLong(8, diskId).putLong(16, header.session()).putLong(24, header.sequence());
    out.putLong(32, header.position()).putInt(40, header.records()).putInt(44, header.previous());
    out.putLong(48, 0).putInt(56, 0);
    int crc = crc(out, diskId, 0, BATCH_CRC_AT, header.length());
    out.putInt(BATCH_CRC_AT, crc);
    return crc;
  }

  /**
   * The header at the start of the buffer if it may be the batch of that position; the checksum is
   * not tested yet, because the batch may be longer than the buffer.
   */
  static BatchHeader header(ByteBuffer in, long diskId, long position, int mostBytes) {
    int length = in.getInt(4);
    if (in.getInt(0) != BATCH_MAGIC
        || in.getLong(8) != diskId
        || in.getLong(32) != position
        || length < BLOCK_BYTES
        || length > mostBytes
        || length % BLOCK_BYTES != 0
        || in.getInt(40) <= 0) {
      return null;
    }
    return new BatchHeader(
        in.getLong(16),
        in.getLong(24),
        position,
        length,
        in.getInt(40),
        in.getInt(44),
        in.getInt(BATCH_CRC_AT));
  }

  /** The position that a batch header of this disk names, or -1 when there is none. */
  static long names(ByteBuffer in, long diskId) {
    return in.getInt(0) == BATCH_MAGIC && in.getLong(8) == diskId ? in.getLong(32) : -1;
  }

  /** Whether the whole batch is there and unharmed. */
  static boolean intact(ByteBuffer in, long diskId, BatchHeader header) {
    return in.limit() >= header.length()
        && header.crc() == crc(in, diskId, 0, BATCH_CRC_AT, header.length());
  }

  /** Of {@code length} bytes from {@code at}, but for the int at {@code crcAt} behind it. */
  private static int crc(ByteBuffer in, long diskId, int at, int crcAt, int length) {
    int head = Checksum.salted(diskId, in, at, crcAt);
    int rest = crcAt + Integer.BYTES;
    return Checksum.salted(((long) head << 32) ^ diskId, in, at + rest, length - rest);
  }
}
