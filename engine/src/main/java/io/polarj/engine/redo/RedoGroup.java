package io.polarj.engine.redo;

import io.polarj.engine.error.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * One mini-transaction's redo as it stands in the stream: applied whole or not at all (E3).
 *
 * @param startLsn of its first byte
 * @param endLsn after its last byte; the LSN of the pages it changed
 * @param bytes the group, header included
 */
public record RedoGroup(long startLsn, long endLsn, byte[] bytes) {

  /** Told what a group holds, in the group's order. Ranges of {@code bytes} must not be changed. */
  public interface Visitor {
    void page(long pageId, byte[] bytes, int offset, int length);

    void logical(int type, byte[] payload);

    void structureChange(long indexId);
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, RedoFormat.GROUP_HEADER, length - RedoFormat.GROUP_HEADER);
    crc.update(length);
    crc.update(length >>> 8);
    crc.update(length >>> 16);
    crc.update(length >>> 24);
    return (int) crc.getValue();
  }

  /** Fills in the header of a group whose sections are complete and padded. */
  public static void seal(byte[] bytes, int length) {
    if (length > RedoFormat.MAX_GROUP_BYTES) {
      throw new IllegalStateException(
          "a mini-transaction of "
              + length
              + " bytes of redo: split it, the limit is "
              + RedoFormat.MAX_GROUP_BYTES);
    }
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, length)
        .putInt(4, crc(bytes, length));
  }

  /** Walks the sections. Throws {@code Corruption} when the group is not well-formed. */
  public void visit(Visitor visitor) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = RedoFormat.GROUP_HEADER;
    while (at + RedoFormat.SECTION_HEADER <= bytes.length) {
      int kind = in.getInt(at);
      int length = in.getInt(at + 4);
      int body = at + RedoFormat.SECTION_HEADER;
      if (kind == 0) {
        return; // padding
      }
      if (length < minimum(kind) || length > bytes.length - body) {
        throw new EngineException.Corruption(
            "redo group at LSN %d: section of kind %d and %d bytes"
                .formatted(startLsn, kind, length));
      }
      switch (kind) {
        case RedoFormat.PAGE_SECTION -> visitor.page(in.getLong(body), bytes, body + 8, length - 8);
        case RedoFormat.LOGICAL_SECTION -> {
          byte[] payload = new byte[length - 4];
          in.get(body + 4, payload);
          visitor.logical(in.getInt(body), payload);
        }
        default -> visitor.structureChange(in.getLong(body));
      }
      at = body + length;
    }
  }

  private static int minimum(int kind) {
    return switch (kind) {
      case RedoFormat.PAGE_SECTION, RedoFormat.STRUCTURE_SECTION -> 8;
      case RedoFormat.LOGICAL_SECTION -> 4;
      default -> Integer.MAX_VALUE;
    };
  }
}
