package io.polarj.sql.protocol;

import java.io.ByteArrayOutputStream;

/** A statement that the client prepared, with what the protocol keeps of it between calls. */
final class PreparedHandle {
  private final int id;
  private final Prepared statement;
  private final ByteArrayOutputStream[] longData;
  private int[] parameterTypes;
  private CursorRows cursor;

  PreparedHandle(int id, Prepared statement) {
    this.id = id;
    this.statement = statement;
    this.longData = new ByteArrayOutputStream[statement.parameterCount()];
  }

  int id() {
    return id;
  }

  Prepared statement() {
    return statement;
  }

  int parameterCount() {
    return longData.length;
  }

  int[] parameterTypes() {
    return parameterTypes;
  }

  void parameterTypes(int[] types) {
    parameterTypes = types;
  }

  /** COM_STMT_SEND_LONG_DATA: a piece of a parameter, at most {@code limitBytes} in all. */
  void addLongData(int parameter, byte[] piece, int limitBytes) {
    if (parameter >= longData.length) {
      throw PacketReader.malformed("parameter " + parameter + " of " + longData.length);
    }
    if (longData[parameter] == null) {
      longData[parameter] = new ByteArrayOutputStream();
    }
    if (longData[parameter].size() + (long) piece.length > limitBytes) {
      throw io.polarj.sql.error.SqlError.PACKET_TOO_LARGE.with();
    }
    longData[parameter].writeBytes(piece);
  }

  /** The long data sent for a parameter, taken away; null if there was none. */
  byte[] takeLongData(int parameter) {
    ByteArrayOutputStream gathered = longData[parameter];
    longData[parameter] = null;
    return gathered == null ? null : gathered.toByteArray();
  }

  CursorRows cursor() {
    return cursor;
  }

  void cursor(CursorRows rows) {
    cursor = rows;
  }

  /** COM_STMT_RESET. */
  void reset() {
    java.util.Arrays.fill(longData, null);
    cursor = null;
  }
}
