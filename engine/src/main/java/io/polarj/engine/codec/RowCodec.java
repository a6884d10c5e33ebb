package io.polarj.engine.codec;

import io.polarj.engine.api.Row;
import io.polarj.engine.codec.ColumnForm.Shape;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The row format. Every column is found without decoding the others. Immutable, any thread.
 *
 * <pre>
 * u8  flags: bit 0: offsets are u32, else u16
 * u16 columns stored (columns added to the table later read as NULL)
 * null bitmap, one bit per column, lowest bit first
 * fixed-width columns in column order (NULL: zeros), numbers little-endian
 * the end of each other column, counted from the end of this table of offsets
 * their bytes (UTF-8 for characters)
 * </pre>
 */
public final class RowCodec {
  private static final int WIDE = 1;
  private static final int HEADER = 3;
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ColumnForm[] forms;

  /** For n stored columns: the bytes of the fixed part, and how many columns are not fixed. */
  private final int[] fixedBytes;

  private final int[] variableColumns;

  public RowCodec(TableDef table) {
    this(table.columns());
  }

  public RowCodec(List<ColumnDef> columns) {
    int count = columns.size();
    forms = new ColumnForm[count];
    fixedBytes = new int[count + 1];
    variableColumns = new int[count + 1];
    for (int i = 0; i < count; i++) {
      forms[i] = new ColumnForm(columns.get(i).type());
      fixedBytes[i + 1] = fixedBytes[i] + forms[i].width();
      variableColumns[i + 1] = variableColumns[i] + (forms[i].width() == 0 ? 1 : 0);
    }
  }

  public int columns() {
    return forms.length;
  }

  /** The encoded row behind {@code headroom} bytes of zeros, which are the caller's to fill. */
  public byte[] encode(Object[] values, int headroom) {
    int count = forms.length;
    if (values.length != count) {
      throw new IllegalArgumentException(values.length + " values for " + count + " columns");
    }
    byte[][] variable = new byte[variableColumns[count]][];
    long data = variableValues(values, variable);
    int fixedAt = headroom + HEADER + (count + 7) / 8;
    int offsetsAt = fixedAt + fixedBytes[count];
    boolean wide = data > 0xffff;
    long total = offsetsAt + (long) variable.length * (wide ? 4 : 2) + data;
    if (total > Integer.MAX_VALUE - 16) {
      throw new EngineException.TooLarge("row of " + total + " bytes");
    }
    byte[] bytes = new byte[(int) total];
    bytes[headroom] = (byte) (wide ? WIDE : 0);
    SHORT.set(bytes, headroom + 1, (short) count);
    for (int i = 0; i < count; i++) {
      if (values[i] == null) {
        bytes[headroom + HEADER + i / 8] |= (byte) (1 << i % 8);
      } else if (forms[i].shape() == Shape.NUMBER) {
        writeNumber(bytes, fixedAt + fixedBytes[i], forms[i].width(), forms[i].toNumber(values[i]));
      } else if (forms[i].shape() == Shape.DECIMAL) {
        forms[i].writeDecimal((BigDecimal) values[i], bytes, fixedAt + fixedBytes[i]);
      }
    }
    writeVariable(bytes, offsetsAt, wide, variable);
    return bytes;
  }

  private long variableValues(Object[] values, byte[][] variable) {
    long total = 0;
    for (int i = 0; i < forms.length; i++) {
      if (values[i] == null || forms[i].width() > 0) {
        continue;
      }
      byte[] bytes =
          values[i] instanceof String s ? s.getBytes(StandardCharsets.UTF_8) : (byte[]) values[i];
      variable[variableColumns[i]] = bytes;
      total += bytes.length;
    }
    return total;
  }

  private static void writeVariable(byte[] target, int offsetsAt, boolean wide, byte[][] values) {
    int dataAt = offsetsAt + values.length * (wide ? 4 : 2);
    int end = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        System.arraycopy(values[i], 0, target, dataAt + end, values[i].length);
        end += values[i].length;
      }
      if (wide) {
        INT.set(target, offsetsAt + i * 4, end);
      } else {
        SHORT.set(target, offsetsAt + i * 2, (short) end);
      }
    }
  }

  private static void writeNumber(byte[] target, int offset, int width, long number) {
    if (width == 8) {
      LONG.set(target, offset, number);
    } else if (width == 4) {
      INT.set(target, offset, (int) number);
    } else {
      for (int i = 0; i < width; i++) {
        target[offset + i] = (byte) (number >>> i * 8);
      }
    }
  }

  /**
   * The row that begins at {@code offset} and goes to the end of the bytes, which are not copied.
   */
  public Row row(byte[] bytes, int offset) {
    return new StoredRow(this, bytes, offset);
  }

  /** Decodes all columns of the row that begins at {@code offset}. */
  public Object[] decode(byte[] bytes, int offset) {
    return row(bytes, offset).toArray();
  }

  /** A row in its stored form. Offsets read from it are checked against the array's bounds. */
  private static final class StoredRow implements Row {
    private final RowCodec codec;
    private final byte[] bytes;
    private final int nullsAt;
    private final int stored;
    private final int fixedAt;
    private final int offsetsAt;
    private final int dataAt;
    private final boolean wide;

    StoredRow(RowCodec codec, byte[] bytes, int offset) {
      if (offset < 0 || offset + HEADER > bytes.length) {
        throw new EngineException.Corruption("row of " + bytes.length + " bytes is cut short");
      }
      this.codec = codec;
      this.bytes = bytes;
      wide = (bytes[offset] & WIDE) != 0;
      stored = (short) SHORT.get(bytes, offset + 1) & 0xffff;
      if (stored > codec.forms.length) {
        throw new EngineException.Corruption(
            "row has " + stored + " columns, its table has " + codec.forms.length);
      }
      nullsAt = offset + HEADER;
      fixedAt = nullsAt + (stored + 7) / 8;
      offsetsAt = fixedAt + codec.fixedBytes[stored];
      dataAt = offsetsAt + codec.variableColumns[stored] * (wide ? 4 : 2);
      if (dataAt > bytes.length) {
        throw new EngineException.Corruption("row of " + bytes.length + " bytes is cut short");
      }
    }

    @Override
    public int columns() {
      return codec.forms.length;
    }

    @Override
    public boolean isNull(int column) {
      return column >= stored || (bytes[nullsAt + column / 8] & 1 << column % 8) != 0;
    }

    @Override
    public Object get(int column) {
      ColumnForm form = codec.forms[column];
      if (isNull(column)) {
        return null;
      }
      return switch (form.shape()) {
        case NUMBER -> form.fromNumber(number(form, fixedAt + codec.fixedBytes[column]));
        case DECIMAL -> form.readDecimal(bytes, fixedAt + codec.fixedBytes[column]);
        case BYTES -> variable(column);
        case CHARACTERS -> {
          int from = start(column);
          yield new String(bytes, from, end(column) - from, StandardCharsets.UTF_8);
        }
      };
    }

    @Override
    public long getLong(int column) {
      return number(codec.forms[column], fixedAt + codec.fixedBytes[column]);
    }

    @Override
    public byte[] getBytes(int column) {
      if (isNull(column)) {
        return null;
      }
      if (codec.forms[column].width() == 0) {
        return variable(column);
      }
      return get(column).toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] variable(int column) {
      int from = start(column);
      byte[] copy = new byte[end(column) - from];
      System.arraycopy(bytes, from, copy, 0, copy.length);
      return copy;
    }

    private int start(int column) {
      int index = codec.variableColumns[column];
      return index == 0 ? dataAt : dataAt + storedEnd(index - 1);
    }

    private int end(int column) {
      int end = dataAt + storedEnd(codec.variableColumns[column]);
      if (end < start(column) || end > bytes.length) {
        throw new EngineException.Corruption("row has a column outside its bytes");
      }
      return end;
    }

    private int storedEnd(int index) {
      return wide
          ? (int) INT.get(bytes, offsetsAt + index * 4)
          : (short) SHORT.get(bytes, offsetsAt + index * 2) & 0xffff;
    }

    private long number(ColumnForm form, int offset) {
      int width = form.width();
      if (width == 8) {
        return (long) LONG.get(bytes, offset);
      }
      long number = 0;
      for (int i = 0; i < width; i++) {
        number |= (bytes[offset + i] & 0xffL) << i * 8;
      }
      int unused = 64 - width * 8;
      return form.signed() ? number << unused >> unused : number;
    }
  }
}
