package io.polarj.engine.trx;

import io.polarj.engine.error.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What undoes one row change, and what leads a reader from a row version to the one before it.
 * Immutable.
 *
 * <pre>
 * u64 table id
 * u16 key length, clustered key
 * UPDATE and DELETE:
 *   u64 transaction id, u64 roll pointer, u8 flags of the version before
 * UPDATE:
 *   u8  whether index entries changed
 *   u16 count of entries that the change added, each {u64 index id, u16 length, key}
 *   the columns of the version before
 * </pre>
 *
 * A DELETE only marked the row, so its columns are still those of the version before.
 */
public record UndoRecord(
    Kind kind,
    long trxId,
    long tableId,
    byte[] key,
    long previousTrx,
    long previousPointer,
    int previousFlags,
    boolean indexesChanged,
    List<IndexEntry> added,
    byte[] previousColumns) {
  /** What was done. Codes are part of the format. */
  public enum Kind {
    INSERT(1),
    UPDATE(2),
    DELETE(3);

    final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind of(int code) {
      return switch (code) {
        case 1 -> INSERT;
        case 2 -> UPDATE;
        case 3 -> DELETE;
        default -> throw new EngineException.Corruption("undo record of unknown kind " + code);
      };
    }
  }

  /** The key of a secondary index entry. */
  public record IndexEntry(long indexId, byte[] key) {}

  private static final byte[] NOTHING = {};

  public static UndoRecord insert(long trxId, long tableId, byte[] key) {
    return new UndoRecord(Kind.INSERT, trxId, tableId, key, 0, 0, 0, false, List.of(), NOTHING);
  }

  public static UndoRecord delete(
      long trxId, long tableId, byte[] key, long previousTrx, long previousPointer, int flags) {
    return new UndoRecord(
        Kind.DELETE,
        trxId,
        tableId,
        key,
        previousTrx,
        previousPointer,
        flags,
        true,
        List.of(),
        NOTHING);
  }

  byte[] encode() {
    int size = 8 + 2 + key.length;
    if (kind != Kind.INSERT) {
      size += 17;
    }
    if (kind == Kind.UPDATE) {
      size += 3 + previousColumns.length;
      for (IndexEntry entry : added) {
        size += 10 + entry.key.length;
      }
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(tableId).putShort((short) key.length).put(key);
    if (kind != Kind.INSERT) {
      out.putLong(previousTrx).putLong(previousPointer).put((byte) previousFlags);
    }
    if (kind == Kind.UPDATE) {
      out.put((byte) (indexesChanged ? 1 : 0)).putShort((short) added.size());
      for (IndexEntry entry : added) {
        out.putLong(entry.indexId).putShort((short) entry.key.length).put(entry.key);
      }
      out.put(previousColumns);
    }
    return out.array();
  }

  static UndoRecord decode(int code, long trxId, byte[] body) {
    Kind kind = Kind.of(code);
    ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    try {
      long tableId = in.getLong();
      byte[] key = bytes(in, in.getShort() & 0xffff);
      if (kind == Kind.INSERT) {
        return insert(trxId, tableId, key);
      }
      long previousTrx = in.getLong();
      long previousPointer = in.getLong();
      int flags = in.get() & 0xff;
      if (kind == Kind.DELETE) {
        return delete(trxId, tableId, key, previousTrx, previousPointer, flags);
      }
      boolean indexesChanged = in.get() != 0;
      int count = in.getShort() & 0xffff;
      List<IndexEntry> added = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long indexId = in.getLong();
        added.add(new IndexEntry(indexId, bytes(in, in.getShort() & 0xffff)));
      }
      byte[] columns = bytes(in, in.remaining());
      return new UndoRecord(
          kind,
          trxId,
          tableId,
          key,
          previousTrx,
          previousPointer,
          flags,
          indexesChanged,
          added,
          columns);
    } catch (java.nio.BufferUnderflowException e) {
      throw new EngineException.Corruption("undo record of transaction " + trxId + " is cut short");
    }
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new java.nio.BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
