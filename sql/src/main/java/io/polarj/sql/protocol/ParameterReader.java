package io.polarj.sql.protocol;

import io.polarj.sql.error.SqlError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;

/**
 * Reads the values of COM_STMT_EXECUTE. Types are remembered by the statement, because clients send
 * them only once.
 */
final class ParameterReader {
  private static final int UNSIGNED = 0x80;

  private ParameterReader() {}

  /**
   * Reads the null bitmap, the types if they are given anew, and the values; long data stands in
   * for its parameter.
   */
  static Object[] read(PacketReader in, PreparedHandle handle) {
    int count = handle.parameterCount();
    Object[] values = new Object[count];
    if (count == 0) {
      return values;
    }
    byte[] nulls = in.readBytes((count + 7) / 8);
    if (in.readByte() == 1) {
      int[] types = new int[count];
      for (int i = 0; i < count; i++) {
        types[i] = in.readByte() | (in.readByte() << 8);
      }
      handle.parameterTypes(types);
    }
    int[] types = handle.parameterTypes();
    if (types == null) {
      throw PacketReader.malformed("parameter types were never sent");
    }
    for (int i = 0; i < count; i++) {
      byte[] longData = handle.takeLongData(i);
      if (longData != null) {
        values[i] = isBinary(types[i] & 0xff) ? longData : text(longData);
      } else if ((nulls[i / 8] & (1 << (i % 8))) == 0) {
        values[i] = readValue(in, types[i] & 0xff, (types[i] >> 8 & UNSIGNED) != 0);
      }
    }
    return values;
  }

  private static Object readValue(PacketReader in, int type, boolean unsigned) {
    return switch (type) {
      case FieldType.NULL -> null;
      case FieldType.TINY -> unsigned ? (long) in.readByte() : (long) (byte) in.readByte();
      case FieldType.SHORT, FieldType.YEAR ->
          unsigned ? (long) in.readShort() : (long) (short) in.readShort();
      case FieldType.LONG, FieldType.INT24 ->
          unsigned ? in.readInt() & 0xffffffffL : (long) in.readInt();
      case FieldType.LONGLONG -> longlong(in.readLong(), unsigned);
      case FieldType.FLOAT -> (double) Float.intBitsToFloat(in.readInt());
      case FieldType.DOUBLE -> Double.longBitsToDouble(in.readLong());
      case FieldType.DATE, FieldType.DATETIME, FieldType.TIMESTAMP -> readDateTime(in, type);
      case FieldType.TIME -> readTime(in);
      case FieldType.DECIMAL, FieldType.NEWDECIMAL -> decimal(in.readLengthEncodedString());
      case FieldType.VARCHAR,
          FieldType.VAR_STRING,
          FieldType.STRING,
          FieldType.ENUM,
          FieldType.SET,
          FieldType.JSON ->
          text(in.readLengthEncodedBytes());
      case FieldType.BIT,
          FieldType.BLOB,
          FieldType.TINY_BLOB,
          FieldType.MEDIUM_BLOB,
          FieldType.LONG_BLOB ->
          in.readLengthEncodedBytes();
      default -> throw PacketReader.malformed("parameter type " + type);
    };
  }

  /** An unsigned value above the range of long becomes a decimal, which keeps its size. */
  private static Object longlong(long value, boolean unsigned) {
    return unsigned && value < 0 ? new BigDecimal(Long.toUnsignedString(value)) : (Object) value;
  }

  private static Object readDateTime(PacketReader in, int type) {
    int length = in.readByte();
    try {
      if (length == 0) {
        throw SqlError.WRONG_VALUE.with("datetime", "0000-00-00 00:00:00");
      }
      LocalDate date = LocalDate.of(in.readShort(), in.readByte(), in.readByte());
      if (length == 4) {
        return type == FieldType.DATE ? date : (Object) date.atStartOfDay();
      }
      LocalDateTime value = date.atTime(in.readByte(), in.readByte(), in.readByte());
      return length > 7 ? value.plusNanos(in.readInt() * 1000L) : value;
    } catch (DateTimeException e) {
      throw SqlError.WRONG_VALUE.with("datetime", e.getMessage());
    }
  }

  private static Object readTime(PacketReader in) {
    int length = in.readByte();
    if (length == 0) {
      return Duration.ZERO;
    }
    boolean negative = in.readByte() == 1;
    Duration value =
        Duration.ofDays(in.readInt() & 0xffffffffL)
            .plusHours(in.readByte())
            .plusMinutes(in.readByte())
            .plusSeconds(in.readByte());
    if (length > 8) {
      value = value.plusNanos(in.readInt() * 1000L);
    }
    return negative ? value.negated() : value;
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw SqlError.WRONG_VALUE.with("DECIMAL", text);
    }
  }

  private static boolean isBinary(int type) {
    return type >= FieldType.TINY_BLOB && type <= FieldType.BLOB;
  }

  /** Connector/J sends byte arrays as strings: bytes that are no text stay bytes. */
  private static Object text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    boolean replaced = text.indexOf('\ufffd') >= 0;
    return replaced && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) ? bytes : text;
  }
}
