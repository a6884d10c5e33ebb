package io.polarj.engine.table;

import io.polarj.engine.error.EngineException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The stored forms, little-endian. A row version in the clustered tree: {u64 transaction id, u64
 * roll pointer, u8 flags, columns as {@code RowCodec} writes them}. The value of a secondary entry:
 * {u64 transaction id, u8 flags}. Flag 1: deleted.
 */
final class Version {
  static final int HEADER = 17;
  static final int DELETED = 1;
  private static final int POINTER = 8;
  private static final int FLAGS = 16;
  private static final int ENTRY_FLAGS = 8;
  private static final int ENTRY_BYTES = 9;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Version() {}

  static long trx(byte[] version) {
    return (long) LONG.get(version, 0);
  }

  static long pointer(byte[] version) {
    return (long) LONG.get(version, POINTER);
  }

  static int flags(byte[] version) {
    return version[FLAGS] & 0xff;
  }

  static boolean deleted(byte[] version) {
    return (version[FLAGS] & DELETED) != 0;
  }

  static byte[] checked(byte[] version) {
    if (version != null && version.length < HEADER) {
      throw new EngineException.Corruption("row version of " + version.length + " bytes");
    }
    return version;
  }

  /** Fills in the header of an encoded row. */
  static byte[] stamp(byte[] version, long trx, long pointer, int flags) {
    LONG.set(version, 0, trx);
    LONG.set(version, POINTER, pointer);
    version[FLAGS] = (byte) flags;
    return version;
  }

  static byte[] withHeader(byte[] version, long trx, long pointer, int flags) {
    return stamp(version.clone(), trx, pointer, flags);
  }

  static byte[] of(long trx, long pointer, int flags, byte[] columns) {
    byte[] version = new byte[HEADER + columns.length];
    System.arraycopy(columns, 0, version, HEADER, columns.length);
    return stamp(version, trx, pointer, flags);
  }

  static byte[] columns(byte[] version) {
    byte[] columns = new byte[version.length - HEADER];
    System.arraycopy(version, HEADER, columns, 0, columns.length);
    return columns;
  }

  static byte[] entry(long trx, int flags) {
    byte[] entry = new byte[ENTRY_BYTES];
    LONG.set(entry, 0, trx);
    entry[ENTRY_FLAGS] = (byte) flags;
    return entry;
  }

  static boolean entryDeleted(byte[] entry) {
    if (entry.length != ENTRY_BYTES) {
      throw new EngineException.Corruption("index entry of " + entry.length + " bytes");
    }
    return (entry[ENTRY_FLAGS] & DELETED) != 0;
  }
}
