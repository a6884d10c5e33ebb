package io.polarj.engine.dictionary;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stored form of a table's definition: big-endian, strings as {u32 length, UTF-8}, enums by
 * name, lists as {u16 count, elements}; the first byte is the format's number.
 */
final class TableCodec {
  private static final int FORMAT = 1;
  private static final int NULL = -1;

  private TableCodec() {}

  static byte[] encode(StoredTable table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      TableDef def = table.def();
      out.writeByte(FORMAT);
      out.writeLong(def.id());
      out.writeLong(def.version());
      string(out, def.schema());
      string(out, def.name());
      out.writeShort(def.columns().size());
      for (ColumnDef column : def.columns()) {
        column(out, column);
      }
      out.writeShort(def.indexes().size());
      for (int i = 0; i < def.indexes().size(); i++) {
        index(out, def.indexes().get(i), table.indexes().get(i));
      }
      out.writeShort(def.options().size());
      for (Map.Entry<String, String> option : new TreeMap<>(def.options()).entrySet()) {
        string(out, option.getKey());
        string(out, option.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void column(DataOutputStream out, ColumnDef column) throws IOException {
    string(out, column.name());
    ColumnType type = column.type();
    string(out, type.kind().name());
    out.writeBoolean(type.unsigned());
    out.writeInt(type.length());
    out.writeInt(type.scale());
    string(out, type.collation().name());
    out.writeShort(type.members().size());
    for (String member : type.members()) {
      string(out, member);
    }
    out.writeBoolean(column.nullable());
    string(out, column.defaultSql());
    out.writeBoolean(column.autoIncrement());
    out.writeBoolean(column.onUpdateNow());
    string(out, column.comment());
  }

  private static void index(DataOutputStream out, IndexDef index, StoredTable.StoredIndex stored)
      throws IOException {
    out.writeLong(index.id());
    string(out, index.name());
    out.writeBoolean(index.primary());
    out.writeBoolean(index.unique());
    out.writeShort(index.columns().size());
    for (IndexColumn part : index.columns()) {
      out.writeInt(part.column());
      out.writeInt(part.prefixLength());
    }
    out.writeInt(stored.rootPageNo());
    out.writeLong(stored.builtLsn());
  }

  private static void string(DataOutputStream out, String value) throws IOException {
    if (value == null) {
      out.writeInt(NULL);
      return;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static StoredTable decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new EngineException.Corruption("table definition of unknown format " + format);
      }
      long id = in.readLong();
      long version = in.readLong();
      String schema = string(in);
      String name = string(in);
      List<ColumnDef> columns = new ArrayList<>();
      for (int n = in.readUnsignedShort(); n > 0; n--) {
        columns.add(column(in));
      }
      List<IndexDef> indexes = new ArrayList<>();
      List<StoredTable.StoredIndex> stored = new ArrayList<>();
      for (int n = in.readUnsignedShort(); n > 0; n--) {
        index(in, columns.size(), indexes, stored);
      }
      Map<String, String> options = new LinkedHashMap<>();
      for (int n = in.readUnsignedShort(); n > 0; n--) {
        options.put(string(in), string(in));
      }
      return new StoredTable(
          new TableDef(id, version, schema, name, columns, indexes, options), stored);
    } catch (IOException | IllegalArgumentException e) {
      throw new EngineException.Corruption("table definition can not be read: " + e.getMessage());
    }
  }

  private static ColumnDef column(DataInputStream in) throws IOException {
    String name = string(in);
    TypeKind kind = TypeKind.valueOf(string(in));
    boolean unsigned = in.readBoolean();
    int length = in.readInt();
    int scale = in.readInt();
    Collation collation = Collation.valueOf(string(in));
    List<String> members = new ArrayList<>();
    for (int n = in.readUnsignedShort(); n > 0; n--) {
      members.add(string(in));
    }
    ColumnType type = new ColumnType(kind, unsigned, length, scale, collation, members);
    return new ColumnDef(
        name, type, in.readBoolean(), string(in), in.readBoolean(), in.readBoolean(), string(in));
  }

  private static void index(
      DataInputStream in, int columns, List<IndexDef> indexes, List<StoredTable.StoredIndex> stored)
      throws IOException {
    long id = in.readLong();
    String name = string(in);
    boolean primary = in.readBoolean();
    boolean unique = in.readBoolean();
    List<IndexColumn> parts = new ArrayList<>();
    for (int n = in.readUnsignedShort(); n > 0; n--) {
      int column = in.readInt();
      if (column < 0 || column >= columns) {
        throw new IOException("index " + name + " of column " + column);
      }
      parts.add(new IndexColumn(column, in.readInt()));
    }
    indexes.add(new IndexDef(id, name, primary, unique, parts));
    stored.add(new StoredTable.StoredIndex(id, in.readInt(), in.readLong()));
  }

  private static String string(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length == NULL) {
      return null;
    }
    if (length < 0 || length > in.available()) {
      throw new IOException("string of " + length + " bytes");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
