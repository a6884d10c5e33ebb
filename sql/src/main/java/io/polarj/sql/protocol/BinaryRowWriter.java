package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.result.ResultColumn;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;

/**
 * Rows of COM_STMT_EXECUTE and COM_STMT_FETCH: a null bitmap and values in the binary form of their
 * type.
 */
final class BinaryRowWriter implements RowWriter {
  @Override
  public void write(PacketWriter out, List<ResultColumn> columns, Object[] values) {
    out.begin().writeByte(0);
    for (int at = 0; at < (values.length + 9) / 8; at++) {
      int bits = 0;
      for (int bit = 0; bit < 8; bit++) {
        int column = at * 8 + bit - 2;
        if (column >= 0 && column < values.length && values[column] == null) {
          bits |= 1 << bit;
        }
      }
      out.writeByte(bits);
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        writeValue(out, columns.get(i).type(), values[i]);
      }
    }
    out.end();
  }

  private static void writeValue(PacketWriter out, ColumnType type, Object value) {
    switch (type.kind()) {
      case TINYINT -> out.writeByte((int) integer(value));
      case SMALLINT, YEAR -> out.writeShort((int) integer(value));
      case MEDIUMINT, INT -> out.writeInt((int) integer(value));
      case BIGINT -> out.writeLong(integer(value));
      case FLOAT -> out.writeInt(Float.floatToRawIntBits(((Number) value).floatValue()));
      case DOUBLE -> out.writeLong(Double.doubleToRawLongBits(((Number) value).doubleValue()));
      case BIT -> out.writeLengthEncoded(bitBytes(integer(value), type.length()));
      case DATE -> writeDate(out, (LocalDate) value);
      case DATETIME, TIMESTAMP -> writeDateTime(out, (LocalDateTime) value);
      case TIME -> writeTime(out, (Duration) value);
      default -> {
        if (value instanceof byte[] bytes) {
          out.writeLengthEncoded(bytes);
        } else {
          out.writeLengthEncoded(ValueText.of(value, type));
        }
      }
    }
  }

  private static long integer(Object value) {
    return switch (value) {
      case Long number -> number;
      case Boolean truth -> truth ? 1 : 0;
      case BigDecimal number -> number.longValue();
      default -> ((Number) value).longValue();
    };
  }

  /** BIT(n) as big-endian bytes, as many as n needs. */
  static byte[] bitBytes(long bits, int length) {
    byte[] bytes = new byte[Math.max(1, (length + 7) / 8)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bits >>> (8 * (bytes.length - 1 - i)));
    }
    return bytes;
  }

  private static void writeDate(PacketWriter out, LocalDate date) {
    out.writeByte(4).writeShort(date.getYear());
    out.writeByte(date.getMonthValue()).writeByte(date.getDayOfMonth());
  }

  private static void writeDateTime(PacketWriter out, LocalDateTime value) {
    int micros = value.getNano() / 1000;
    boolean midnight = value.toLocalTime().toNanoOfDay() == 0;
    out.writeByte(midnight ? 4 : micros == 0 ? 7 : 11).writeShort(value.getYear());
    out.writeByte(value.getMonthValue()).writeByte(value.getDayOfMonth());
    if (midnight) {
      return;
    }
    out.writeByte(value.getHour()).writeByte(value.getMinute()).writeByte(value.getSecond());
    if (micros != 0) {
      out.writeInt(micros);
    }
  }

  private static void writeTime(PacketWriter out, Duration value) {
    Duration magnitude = value.abs();
    int micros = magnitude.getNano() / 1000;
    if (magnitude.isZero()) {
      out.writeByte(0);
      return;
    }
    out.writeByte(micros == 0 ? 8 : 12).writeByte(value.isNegative() ? 1 : 0);
    out.writeInt((int) magnitude.toDays()).writeByte(magnitude.toHoursPart());
    out.writeByte(magnitude.toMinutesPart()).writeByte(magnitude.toSecondsPart());
    if (micros != 0) {
      out.writeInt(micros);
    }
  }
}
