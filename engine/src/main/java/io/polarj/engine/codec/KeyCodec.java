package io.polarj.engine.codec;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.Row;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.Arrays;

/**
 * Encodes the keys of one index so that their unsigned lexicographic order is the SQL order. A key
 * of the clustered index is its columns, or the 8-byte row id when the primary key is hidden. A key
 * of a secondary index is its columns followed by the whole clustered key, so entries are unique
 * and the row is found by cutting the tail off. Immutable, any thread.
 */
public final class KeyCodec {
  /** The longest key; with it an inner page still has a fan-out of 5. */
  public static final int MAX_KEY_BYTES = 3072;

  private static final int ROW_ID_BYTES = 8;

  private final TableDef table;
  private final IndexDef index;
  private final KeyPart[] own;
  private final KeyPart[] primary;
  private final boolean hiddenPrimary;

  public KeyCodec(TableDef table, IndexDef index) {
    this.table = table;
    this.index = index;
    this.own = parts(table, index);
    this.primary = index.primary() ? new KeyPart[0] : parts(table, table.primary());
    this.hiddenPrimary = table.primary().columns().isEmpty();
  }

  private static KeyPart[] parts(TableDef table, IndexDef index) {
    KeyPart[] parts = new KeyPart[index.columns().size()];
    for (int i = 0; i < parts.length; i++) {
      IndexColumn part = index.columns().get(i);
      parts[i] = new KeyPart(table.columns().get(part.column()), part);
    }
    return parts;
  }

  public IndexDef index() {
    return index;
  }

  /** Whether every column of the index and of the primary key can be had back from an entry. */
  public static boolean decodable(TableDef table, IndexDef index) {
    KeyCodec codec = new KeyCodec(table, index);
    return Arrays.stream(codec.own).allMatch(KeyPart::decodable)
        && Arrays.stream(codec.primary).allMatch(KeyPart::decodable);
  }

  /** Whether that column of the table can be had back from an entry of this index. */
  public boolean decodable(int column) {
    return decodablePart(column) >= 0;
  }

  /** The whole key of a row. {@code rowId} counts only when the primary key is hidden. */
  public byte[] encode(Object[] row, long rowId) {
    ByteSink sink = new ByteSink(32);
    for (KeyPart part : own) {
      part.write(sink, row[part.column()]);
    }
    for (KeyPart part : primary) {
      part.write(sink, row[part.column()]);
    }
    if (hiddenPrimary) {
      sink.putBigEndian(rowId, ROW_ID_BYTES);
    }
    return checked(sink);
  }

  /** The whole key of a row. {@code rowId} counts only when the primary key is hidden. */
  public byte[] encode(Row row, long rowId) {
    Object[] values = new Object[table.columns().size()];
    for (KeyPart part : own) {
      values[part.column()] = row.get(part.column());
    }
    for (KeyPart part : primary) {
      values[part.column()] = row.get(part.column());
    }
    return encode(values, rowId);
  }

  /**
   * The bytes that all entries with these values of the first index columns begin with. With all
   * columns of the primary key it is the clustered key.
   */
  public byte[] prefix(Object... values) {
    ByteSink sink = new ByteSink(32);
    for (int i = 0; i < values.length; i++) {
      own[i].write(sink, values[i]);
    }
    return checked(sink);
  }

  /** The bytes that the index columns of this row make, without the clustered key. */
  public byte[] ownPrefix(Object[] row) {
    ByteSink sink = new ByteSink(32);
    for (KeyPart part : own) {
      part.write(sink, row[part.column()]);
    }
    return checked(sink);
  }

  /** The clustered key of a hidden primary key. */
  public static byte[] rowIdKey(long rowId) {
    ByteSink sink = new ByteSink(ROW_ID_BYTES);
    sink.putBigEndian(rowId, ROW_ID_BYTES);
    return sink.toArray();
  }

  /** The row id that a key of a table with a hidden primary key ends with. */
  public static long rowId(byte[] key) {
    if (key.length < ROW_ID_BYTES) {
      throw new EngineException.Corruption("a key of " + key.length + " bytes holds no row id");
    }
    long rowId = 0;
    for (int i = key.length - ROW_ID_BYTES; i < key.length; i++) {
      rowId = rowId << 8 | key[i] & 0xff;
    }
    return rowId;
  }

  /** Whether a value of the index columns is NULL: such an entry violates no unique constraint. */
  public boolean hasNull(Object[] row) {
    for (KeyPart part : own) {
      if (row[part.column()] == null) {
        return true;
      }
    }
    return false;
  }

  /** How many bytes of an entry's key its index columns take; the clustered key follows. */
  public int ownLength(byte[] key) {
    int at = 0;
    for (KeyPart part : own) {
      at = part.skip(key, at);
    }
    return at;
  }

  /** The clustered key of the row that an entry of this index belongs to. */
  public byte[] clusteredKey(byte[] key) {
    return index.primary() ? key : Arrays.copyOfRange(key, ownLength(key), key.length);
  }

  /**
   * The keys of a range. Over a column prefix the bounds hold at least the range, so the rows have
   * to be compared again (see {@link #exact}).
   */
  public KeyBounds bounds(KeyRange range) {
    byte[] low = range.low() == null ? null : bound(range.low(), range.lowInclusive(), true);
    byte[] high = range.high() == null ? null : bound(range.high(), range.highInclusive(), false);
    return new KeyBounds(low, high);
  }

  /** Whether {@link #bounds} of that range holds nothing but the range. */
  public boolean exact(KeyRange range) {
    return exact(range.low()) && exact(range.high());
  }

  private boolean exact(Object[] values) {
    for (int i = 0; values != null && i < values.length; i++) {
      if (own[i].cut(values[i])) {
        return false;
      }
    }
    return true;
  }

  private byte[] bound(Object[] values, boolean inclusive, boolean low) {
    ByteSink sink = new ByteSink(32);
    boolean whole = inclusive;
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && !own[i].nullable()) {
        // NULL sorts before every value of this column: all that begins so far is above it.
        return sink.toArray();
      }
      own[i].write(sink, values[i]);
      if (own[i].cut(values[i])) {
        whole = true;
        break;
      }
    }
    byte[] bytes = sink.toArray();
    return low == whole
        ? bytes
        : KeyBounds.after(bytes) == null ? edge(low) : KeyBounds.after(bytes);
  }

  /** Above all that begins with the bytes there is nothing: no upper bound, or an empty range. */
  private static byte[] edge(boolean low) {
    if (!low) {
      return null;
    }
    byte[] highest = new byte[MAX_KEY_BYTES + 1];
    Arrays.fill(highest, (byte) 0xff);
    return highest;
  }

  private int decodablePart(int column) {
    for (int i = 0; i < own.length; i++) {
      if (own[i].column() == column && own[i].decodable()) {
        return i;
      }
    }
    for (int i = 0; i < primary.length; i++) {
      if (primary[i].column() == column && primary[i].decodable()) {
        return own.length + i;
      }
    }
    return -1;
  }

  KeyPart part(int ordinal) {
    return ordinal < own.length ? own[ordinal] : primary[ordinal - own.length];
  }

  /**
   * The decodable columns of an entry as a row of the table; asking it for others throws {@code
   * IllegalArgumentException}.
   */
  public Row row(byte[] key) {
    int[] offsets = new int[own.length + primary.length];
    int at = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = at;
      at = part(i).skip(key, at);
    }
    return new KeyRow(key, offsets);
  }

  private byte[] checked(ByteSink sink) {
    if (sink.length() > MAX_KEY_BYTES) {
      throw new EngineException.TooLarge(
          "key of "
              + sink.length()
              + " bytes in index "
              + table.name()
              + "."
              + index.name()
              + "; the most is "
              + MAX_KEY_BYTES);
    }
    return sink.toArray();
  }

  /** A row whose columns come out of a key. */
  private final class KeyRow implements Row {
    private final byte[] key;
    private final int[] offsets;

    KeyRow(byte[] key, int[] offsets) {
      this.key = key;
      this.offsets = offsets;
    }

    private int ordinal(int column) {
      int ordinal = decodablePart(column);
      if (ordinal < 0) {
        throw new IllegalArgumentException(
            "column " + column + " can not be read from index " + index.name());
      }
      return ordinal;
    }

    @Override
    public int columns() {
      return table.columns().size();
    }

    @Override
    public boolean isNull(int column) {
      int ordinal = ordinal(column);
      return part(ordinal).isNull(key, offsets[ordinal]);
    }

    @Override
    public Object get(int column) {
      int ordinal = ordinal(column);
      return part(ordinal).read(key, offsets[ordinal]);
    }

    @Override
    public long getLong(int column) {
      int ordinal = ordinal(column);
      return part(ordinal).readLong(key, offsets[ordinal]);
    }

    @Override
    public byte[] getBytes(int column) {
      int ordinal = ordinal(column);
      return part(ordinal).readBytes(key, offsets[ordinal]);
    }
  }
}
