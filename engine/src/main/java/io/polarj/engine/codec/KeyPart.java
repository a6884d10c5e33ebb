package io.polarj.engine.codec;

import io.polarj.engine.codec.ColumnForm.Shape;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexColumn;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * One column of a key. No encoding is a prefix of another one of the same part, so parts can be
 * concatenated. Nullable columns begin with 0 for NULL and 1 for a value. Stateless.
 *
 * <p>Numbers are big-endian with the sign flipped; bytes and characters are escaped (0 becomes 1 1,
 * 1 becomes 1 2) and end with 0, but sort keys of padded collations end themselves.
 */
final class KeyPart {
  private static final int END = 0;
  private static final int ESCAPE = 1;

  private final int column;
  private final int prefixLength;
  private final boolean nullable;
  private final ColumnForm form;

  KeyPart(ColumnDef definition, IndexColumn part) {
    this.column = part.column();
    this.nullable = definition.nullable();
    this.form = new ColumnForm(definition.type());
    int length = definition.type().length();
    boolean whole = part.prefixLength() == length && length > 0;
    this.prefixLength = whole ? 0 : part.prefixLength();
  }

  int column() {
    return column;
  }

  boolean nullable() {
    return nullable;
  }

  /** Whether the column's value can be had back from the key exactly. */
  boolean decodable() {
    return switch (form.shape()) {
      case NUMBER -> !floating();
      case DECIMAL -> true;
      case BYTES -> prefixLength == 0;
      case CHARACTERS -> prefixLength == 0 && collation() == Collation.BINARY;
    };
  }

  /** Whether the key holds less than the value, so that different values may be equal in it. */
  boolean cut(Object value) {
    if (prefixLength == 0 || value == null) {
      return false;
    }
    return value instanceof byte[] bytes
        ? bytes.length >= prefixLength
        : value instanceof String s && s.codePointCount(0, s.length()) >= prefixLength;
  }

  void write(ByteSink sink, Object value) {
    if (value == null) {
      if (!nullable) {
        throw new IllegalArgumentException("column " + column + " can not be NULL");
      }
      sink.put(0);
      return;
    }
    if (nullable) {
      sink.put(1);
    }
    switch (form.shape()) {
      case NUMBER -> writeNumber(sink, form.toNumber(value));
      case DECIMAL -> {
        byte[] bytes = new byte[form.width()];
        form.writeDecimal((BigDecimal) value, bytes, 0);
        sink.putAll(bytes);
      }
      case BYTES -> {
        byte[] bytes = (byte[]) value;
        writeEscaped(sink, bytes, prefixLength == 0 ? bytes.length : prefixLength);
      }
      case CHARACTERS -> writeCharacters(sink, shortened((String) value));
    }
  }

  private boolean floating() {
    return switch (form.type().kind()) {
      case FLOAT, DOUBLE -> true;
      default -> false;
    };
  }

  private Collation collation() {
    return form.type().collation();
  }

  private String shortened(String value) {
    if (!cut(value)) {
      return value;
    }
    return value.substring(0, value.offsetByCodePoints(0, prefixLength));
  }

  private void writeNumber(ByteSink sink, long number) {
    int width = form.width();
    long bits = number;
    if (floating()) {
      bits = orderedFloat(number);
    } else if (form.signed()) {
      bits ^= 1L << (width * 8 - 1);
    }
    sink.putBigEndian(bits, width);
  }

  /** Negative numbers with all bits flipped, others with the sign flipped; −0.0 as 0.0. */
  private long orderedFloat(long bits) {
    long sign = 1L << (form.width() * 8 - 1);
    if ((bits & ~sign & (sign | (sign - 1))) == 0) {
      return sign;
    }
    return (bits & sign) != 0 ? ~bits : bits | sign;
  }

  private void writeCharacters(ByteSink sink, String value) {
    Collation collation = collation();
    if (collation == Collation.BINARY) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      writeEscaped(sink, bytes, bytes.length);
      return;
    }
    CollationOrder.writeSortKey(sink, collation, value);
    if (!CollationOrder.padded(collation)) {
      sink.put(END);
    }
  }

  private static void writeEscaped(ByteSink sink, byte[] bytes, int limit) {
    int count = Math.min(limit, bytes.length);
    for (int i = 0; i < count; i++) {
      byte b = bytes[i];
      if (b == 0 || b == 1) {
        sink.put(ESCAPE);
        sink.put(b + 1);
      } else {
        sink.put(b);
      }
    }
    sink.put(END);
  }

  /** The offset behind this part, which begins at {@code offset} of the key. */
  int skip(byte[] key, int offset) {
    int at = offset;
    if (nullable) {
      require(key, at, 1);
      if (key[at++] == 0) {
        return at;
      }
    }
    if (form.width() > 0) {
      require(key, at, form.width());
      return at + form.width();
    }
    boolean padded = form.shape() == Shape.CHARACTERS && CollationOrder.padded(collation());
    while (true) {
      require(key, at, 1);
      if (!padded && key[at] == END) {
        return at + 1;
      }
      if (padded && key[at] == ' ') {
        require(key, at, 2);
        at++;
        if (key[at] == 2) {
          return at + 1;
        }
      }
      at++;
    }
  }

  boolean isNull(byte[] key, int offset) {
    return nullable && key[offset] == 0;
  }

  /** The value of a decodable part that begins at {@code offset}. */
  Object read(byte[] key, int offset) {
    if (isNull(key, offset)) {
      return null;
    }
    int at = nullable ? offset + 1 : offset;
    return switch (form.shape()) {
      case NUMBER -> form.fromNumber(readNumber(key, at));
      case DECIMAL -> {
        require(key, at, form.width());
        yield form.readDecimal(key, at);
      }
      case BYTES -> readEscaped(key, at);
      case CHARACTERS -> new String(readEscaped(key, at), StandardCharsets.UTF_8);
    };
  }

  long readLong(byte[] key, int offset) {
    return readNumber(key, nullable ? offset + 1 : offset);
  }

  byte[] readBytes(byte[] key, int offset) {
    Object value = read(key, offset);
    return value instanceof String s ? s.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
  }

  private long readNumber(byte[] key, int offset) {
    int width = form.width();
    require(key, offset, width);
    long bits = 0;
    for (int i = 0; i < width; i++) {
      bits = bits << 8 | key[offset + i] & 0xff;
    }
    if (form.signed()) {
      int unused = 64 - width * 8;
      bits = (bits ^ 1L << (width * 8 - 1)) << unused >> unused;
    }
    return bits;
  }

  private byte[] readEscaped(byte[] key, int offset) {
    ByteSink sink = new ByteSink(32);
    for (int at = offset; ; at++) {
      require(key, at, 1);
      if (key[at] == END) {
        return sink.toArray();
      }
      if (key[at] == ESCAPE) {
        require(key, at, 2);
        at++;
        sink.put(key[at] - 1);
      } else {
        sink.put(key[at]);
      }
    }
  }

  private static void require(byte[] key, int offset, int count) {
    if (offset + count > key.length) {
      throw new EngineException.Corruption("index key of " + key.length + " bytes is cut short");
    }
  }
}
