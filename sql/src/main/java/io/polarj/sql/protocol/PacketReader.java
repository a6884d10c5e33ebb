package io.polarj.sql.protocol;

import io.netty.buffer.ByteBuf;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.SqlText;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one packet's payload; every read checks what is left first. */
final class PacketReader {
  private final ByteBuf payload;

  PacketReader(ByteBuf payload) {
    this.payload = payload;
  }

  int remaining() {
    return payload.readableBytes();
  }

  int readByte() {
    need(1);
    return payload.readUnsignedByte();
  }

  int readShort() {
    need(2);
    return payload.readUnsignedShortLE();
  }

  int readMedium() {
    need(3);
    return payload.readUnsignedMediumLE();
  }

  int readInt() {
    need(4);
    return payload.readIntLE();
  }

  long readLong() {
    need(8);
    return payload.readLongLE();
  }

  void skip(int bytes) {
    need(bytes);
    payload.skipBytes(bytes);
  }

  byte[] readBytes(int count) {
    need(count);
    byte[] bytes = new byte[count];
    payload.readBytes(bytes);
    return bytes;
  }

  byte[] readRest() {
    return readBytes(remaining());
  }

  String readRestAsString() {
    return new String(readRest(), StandardCharsets.UTF_8);
  }

  /** A statement: text that may hold any bytes in its literals. */
  String readRestAsSql() {
    byte[] bytes = readRest();
    return SqlText.decode(bytes, 0, bytes.length);
  }

  /** A length-encoded integer. */
  long readLengthEncoded() {
    int first = readByte();
    return switch (first) {
      case 0xfc -> readShort();
      case 0xfd -> readMedium();
      case 0xfe -> readLong();
      case 0xfb, 0xff -> throw malformed("length " + first);
      default -> first;
    };
  }

  byte[] readLengthEncodedBytes() {
    long length = readLengthEncoded();
    if (length < 0 || length > remaining()) {
      throw malformed("length " + length + " of " + remaining() + " bytes");
    }
    return readBytes((int) length);
  }

  String readLengthEncodedString() {
    return new String(readLengthEncodedBytes(), StandardCharsets.UTF_8);
  }

  String readNulTerminated() {
    int length = payload.bytesBefore((byte) 0);
    if (length < 0) {
      throw malformed("a string without end");
    }
    String text = payload.toString(payload.readerIndex(), length, StandardCharsets.UTF_8);
    payload.skipBytes(length + 1);
    return text;
  }

  static SqlException malformed(String what) {
    return new SqlException(SqlError.HANDSHAKE, "Malformed communication packet: " + what);
  }

  private void need(int bytes) {
    if (bytes < 0 || payload.readableBytes() < bytes) {
      throw malformed("needs " + bytes + " bytes, " + payload.readableBytes() + " are left");
    }
  }
}
