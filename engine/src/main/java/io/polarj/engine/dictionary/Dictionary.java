package io.polarj.engine.dictionary;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.btree.Modifier;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.LogicalType;
import io.polarj.engine.mtr.Mtr;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The dictionary's tree. Each change of a schema or a table is one row of it, so it is there whole
 * or not at all; its mtr carries the DICTIONARY record that tells replicas. Changes come one at a
 * time (the caller's lock); reading: any thread.
 *
 * <pre>
 * 'M'            u32 format: the volume is complete
 * 'N'            u64 next id of a table or an index
 * 'S' name       (empty): a schema
 * 'X' name       (empty): the schema is being dropped, with all its tables
 * 'T' u64 id     a table, see TableCodec
 * 'A' u64 id     u64 AUTO_INCREMENT bound of a table
 * 'D' u64 id     u64 LSN: the table was dropped there, its file is to be removed
 * </pre>
 */
public final class Dictionary {
  /** The id of the dictionary's own tree. */
  public static final long INDEX_ID = 1;

  /** Ids below are the engine's own. */
  public static final long FIRST_ID = 16;

  private static final int FORMAT = 1;
  private final BTree tree;
  private long version;

  public Dictionary(BTree tree, long version) {
    this.tree = tree;
    this.version = version;
  }

  public BTree tree() {
    return tree;
  }

  private static byte[] key(char kind) {
    return new byte[] {(byte) kind};
  }

  private static byte[] key(char kind, long id) {
    return ByteBuffer.allocate(9).put((byte) kind).putLong(id).array();
  }

  private static byte[] key(char kind, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes).array();
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static long number(byte[] value) {
    if (value.length != 8) {
      throw new EngineException.Corruption("dictionary number of " + value.length + " bytes");
    }
    return ByteBuffer.wrap(value).getLong();
  }

  /** The version that the next change makes. */
  public long nextVersion() {
    return version + 1;
  }

  /** Says that the volume is complete. Returns the LSN. */
  public long markComplete() {
    tree.put(key('N'), number(FIRST_ID));
    return tree.put(key('M'), number(FORMAT));
  }

  public void requireComplete() {
    byte[] mark = tree.get(key('M'));
    if (mark == null) {
      throw new EngineException.Corruption(
          "the volume was not made completely; format it and create it again");
    }
    if (number(mark) != FORMAT) {
      throw new EngineException.Corruption(
          "the volume has dictionary format " + number(mark) + ", this program reads " + FORMAT);
    }
  }

  /** Reserves ids and returns the first. */
  public long reserveIds(int count) {
    byte[] next = tree.get(key('N'));
    long first = next == null ? FIRST_ID : number(next);
    tree.put(key('N'), number(first + count));
    return first;
  }

  /** What the schemas and tables are now. */
  public CatalogView load() {
    Map<String, Map<String, StoredTable>> schemas = new TreeMap<>();
    Map<Long, StoredTable> byId = new HashMap<>();
    names('S').forEach(name -> schemas.put(name, new TreeMap<>()));
    Set<String> going = names('X');
    TreeCursor tables = tree.scan(KeyBounds.prefix(key('T')), false);
    while (tables.next()) {
      StoredTable table = TableCodec.decode(tables.value());
      if (going.contains(table.def().schema())) {
        continue;
      }
      byId.put(table.id(), table);
      // On a replica a schema may be dropped between the two scans; its tables go with it.
      schemas
          .computeIfAbsent(table.def().schema(), name -> new TreeMap<>())
          .put(table.def().name(), table);
    }
    schemas.keySet().removeAll(going);
    return new CatalogView(version, schemas, byId);
  }

  private Set<String> names(char kind) {
    Set<String> names = new TreeSet<>();
    TreeCursor cursor = tree.scan(KeyBounds.prefix(key(kind)), false);
    while (cursor.next()) {
      byte[] key = cursor.key();
      names.add(new String(key, 1, key.length - 1, StandardCharsets.UTF_8));
    }
    return names;
  }

  /** Whether that table is there now and has that index. */
  public boolean has(long tableId, long indexId) {
    StoredTable table = table(tableId);
    return table != null
        && table.indexes().stream().anyMatch(index -> index.indexId() == indexId)
        && !names('X').contains(table.def().schema());
  }

  /** The table's row as it is now, or null. */
  public StoredTable table(long id) {
    byte[] row = tree.get(key('T', id));
    return row == null ? null : TableCodec.decode(row);
  }

  private final class Change implements Modifier {
    private final long tableId;
    private final byte[] value;

    Change(long tableId, byte[] value) {
      this.tableId = tableId;
      this.value = value;
    }

    @Override
    public byte[] apply(byte[] current) {
      return value;
    }

    @Override
    public void also(Mtr mtr) {
      version++;
      mtr.logical(
          LogicalType.DICTIONARY,
          ByteBuffer.allocate(16)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(tableId)
              .putLong(version)
              .array());
    }
  }

  public long putSchema(String name) {
    return tree.modify(key('S', name), new Change(0, new byte[0]));
  }

  /**
   * Drops the schema and its tables. The first row written decides: with it nothing of the schema
   * is there any more, and {@link #finishSchemaDrops} does after a crash what is left to do.
   */
  public void dropSchema(String name, long newestLsn) {
    tree.modify(key('X', name), new Change(0, new byte[0]));
    removeSchema(name, newestLsn);
  }

  /** At start: ends the drops of schemas that a crash interrupted. */
  public void finishSchemaDrops(long newestLsn) {
    names('X').forEach(name -> removeSchema(name, newestLsn));
  }

  private void removeSchema(String name, long newestLsn) {
    List<Long> ids = new ArrayList<>();
    TreeCursor tables = tree.scan(KeyBounds.prefix(key('T')), false);
    while (tables.next()) {
      StoredTable table = TableCodec.decode(tables.value());
      if (table.def().schema().equals(name)) {
        ids.add(table.id());
      }
    }
    ids.forEach(id -> removeTable(id, newestLsn));
    tree.modify(key('S', name), new Change(0, null));
    tree.modify(key('X', name), new Change(0, null));
  }

  /** Makes the table, or gives it another definition. Returns the LSN. */
  public long putTable(StoredTable table) {
    return tree.modify(key('T', table.id()), new Change(table.id(), TableCodec.encode(table)));
  }

  /**
   * Drops the table; first notes that its file is to be removed. Returns the LSN. {@code
   * newestLsn}: of the log, now; snapshots above it do not read the table.
   */
  public long removeTable(long id, long newestLsn) {
    tree.put(key('D', id), number(newestLsn));
    return tree.modify(key('T', id), new Change(id, null));
  }

  /** Where the AUTO_INCREMENT counter of a table goes on. */
  public long autoIncrement(long tableId) {
    byte[] bound = tree.get(key('A', tableId));
    return bound == null ? 1 : number(bound);
  }

  public void autoIncrement(long tableId, long bound) {
    tree.put(key('A', tableId), number(bound));
  }

  /** A dropped table whose file is still there. */
  public record Dropped(long tableId, long lsn) {}

  public List<Dropped> dropped() {
    List<Dropped> dropped = new ArrayList<>();
    TreeCursor cursor = tree.scan(KeyBounds.prefix(key('D')), false);
    while (cursor.next()) {
      long id = ByteBuffer.wrap(cursor.key(), 1, 8).getLong();
      dropped.add(new Dropped(id, number(cursor.value())));
    }
    return dropped;
  }

  /** The file of a dropped table is gone, or the table was not dropped after all. */
  public void forgetDropped(long tableId, boolean gone) {
    tree.remove(key('D', tableId));
    if (gone) {
      tree.remove(key('A', tableId));
    }
  }
}
