package io.polarj.engine.codec;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * How a column's values look as bits, common to keys and rows: a number of 1 to 8 bytes, a DECIMAL
 * of fixed width, or bytes of any length. Stateless.
 */
final class ColumnForm {
  enum Shape {
    NUMBER,
    DECIMAL,
    CHARACTERS,
    BYTES
  }

  private static final long MICROS = 1_000_000L;

  private final ColumnType type;
  private final Shape shape;
  private final int width;

  ColumnForm(ColumnType type) {
    this.type = type;
    this.shape = shapeOf(type.kind());
    this.width = widthOf(type, shape);
  }

  ColumnType type() {
    return type;
  }

  Shape shape() {
    return shape;
  }

  /** Bytes of a fixed-width value, 0 for others. */
  int width() {
    return width;
  }

  private static Shape shapeOf(TypeKind kind) {
    return switch (kind) {
      case DECIMAL -> Shape.DECIMAL;
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, JSON -> Shape.CHARACTERS;
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> Shape.BYTES;
      default -> Shape.NUMBER;
    };
  }

  private static int widthOf(ColumnType type, Shape shape) {
    if (shape == Shape.DECIMAL) {
      int digits = type.length() == 0 ? 10 : type.length();
      return BigInteger.TEN.pow(digits).bitLength() / 8 + 1;
    }
    if (shape != Shape.NUMBER) {
      return 0;
    }
    return switch (type.kind()) {
      case TINYINT -> 1;
      case SMALLINT, YEAR, ENUM -> 2;
      case MEDIUMINT -> 3;
      case INT, FLOAT, DATE -> 4;
      case BIT -> Math.max(1, (type.length() + 7) / 8);
      default -> 8;
    };
  }

  /** Whether the number is negative when its top bit is set. */
  boolean signed() {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT -> !type.unsigned();
      case DATE, TIME, DATETIME, TIMESTAMP -> true;
      default -> false;
    };
  }

  /** A value of shape NUMBER as bits; FLOAT and DOUBLE as their raw bits. */
  long toNumber(Object value) {
    return switch (type.kind()) {
      case FLOAT -> Float.floatToIntBits(((Number) value).floatValue()) & 0xffffffffL;
      case DOUBLE -> Double.doubleToLongBits(((Number) value).doubleValue());
      case ENUM -> memberNumber((String) value);
      case SET -> memberBits((String) value);
      case DATE -> checked(((LocalDate) value).toEpochDay());
      case TIME -> micros((Duration) value);
      case DATETIME, TIMESTAMP -> micros((LocalDateTime) value);
      default -> checked(((Number) value).longValue());
    };
  }

  Object fromNumber(long number) {
    return switch (type.kind()) {
      case FLOAT -> Float.intBitsToFloat((int) number);
      case DOUBLE -> Double.longBitsToDouble(number);
      case ENUM -> memberName((int) number);
      case SET -> memberNames(number);
      case DATE -> LocalDate.ofEpochDay(number);
      case TIME -> duration(number);
      case DATETIME, TIMESTAMP -> dateTime(number);
      default -> number;
    };
  }

  private long checked(long number) {
    int unused = 64 - width * 8;
    long kept = signed() ? number << unused >> unused : number << unused >>> unused;
    if (kept != number) {
      throw new IllegalArgumentException(number + " is out of range for " + type.kind());
    }
    return number;
  }

  private static long micros(Duration value) {
    return Math.addExact(Math.multiplyExact(value.getSeconds(), MICROS), value.getNano() / 1000L);
  }

  private static long micros(LocalDateTime value) {
    return Math.addExact(
        Math.multiplyExact(value.toEpochSecond(ZoneOffset.UTC), MICROS), value.getNano() / 1000L);
  }

  private static Duration duration(long micros) {
    return Duration.ofSeconds(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000L);
  }

  private static LocalDateTime dateTime(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, MICROS),
        (int) (Math.floorMod(micros, MICROS) * 1000L),
        ZoneOffset.UTC);
  }

  /** 1 for the first member; 0 for the empty string that is no member. */
  private long memberNumber(String name) {
    int index = memberIndex(name);
    if (index < 0 && !name.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' is not a member of the ENUM");
    }
    return index + 1L;
  }

  private int memberIndex(String name) {
    List<String> members = type.members();
    int exact = members.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    for (int i = 0; i < members.size(); i++) {
      if (CollationOrder.equal(type.collation(), members.get(i), name)) {
        return i;
      }
    }
    return -1;
  }

  private String memberName(int number) {
    if (number == 0) {
      return "";
    }
    if (number > type.members().size()) {
      throw new EngineException.Corruption("ENUM member " + number + " does not exist");
    }
    return type.members().get(number - 1);
  }

  private long memberBits(String names) {
    long bits = 0;
    if (names.isEmpty()) {
      return bits;
    }
    for (String name : names.split(",", -1)) {
      int index = memberIndex(name);
      if (index < 0) {
        throw new IllegalArgumentException("'" + name + "' is not a member of the SET");
      }
      bits |= 1L << index;
    }
    return bits;
  }

  private String memberNames(long bits) {
    List<String> names = new ArrayList<>();
    for (long rest = bits; rest != 0; rest &= rest - 1) {
      int index = Long.numberOfTrailingZeros(rest);
      if (index >= type.members().size()) {
        throw new EngineException.Corruption("SET member " + (index + 1) + " does not exist");
      }
      names.add(type.members().get(index));
    }
    return String.join(",", names);
  }

  /** Two's complement of the unscaled value with the sign bit flipped, big-endian, fixed width. */
  void writeDecimal(BigDecimal value, byte[] target, int offset) {
    BigInteger unscaled;
    try {
      unscaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY).unscaledValue();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(value + " has more than " + type.scale() + " decimals", e);
    }
    byte[] bytes = unscaled.toByteArray();
    if (bytes.length > width) {
      throw new IllegalArgumentException(value + " is out of range for DECIMAL");
    }
    byte sign = (byte) (unscaled.signum() < 0 ? 0xff : 0);
    for (int i = 0; i < width - bytes.length; i++) {
      target[offset + i] = sign;
    }
    System.arraycopy(bytes, 0, target, offset + width - bytes.length, bytes.length);
    target[offset] ^= (byte) 0x80;
  }

  BigDecimal readDecimal(byte[] source, int offset) {
    byte[] bytes = new byte[width];
    System.arraycopy(source, offset, bytes, 0, width);
    bytes[0] ^= (byte) 0x80;
    return new BigDecimal(new BigInteger(bytes), type.scale());
  }
}
