package io.polarj.engine.table;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Fills the tree of a new index from the table's rows, while nobody may change them. Keys are
 * sorted in runs; a table of one run is loaded page by page, further runs go into the tree key by
 * key in order. Entries have transaction id 0, which everybody sees. One thread.
 */
public final class IndexBuild {
  private static final int RUN = 400_000;
  private static final int FILL_PERCENT = 90;

  private final TableData table;
  private final KeyCodec codec;
  private final IndexTree index;
  private final TableDef def;

  public IndexBuild(TableData table, TableDef def, IndexDef definition, BTree tree) {
    this.table = table;
    this.def = def;
    this.codec = new KeyCodec(def, definition);
    this.index = new IndexTree(definition, codec, tree, 0);
  }

  /** Throws {@code DuplicateKey} when the index is to be unique and the rows are not. */
  public void run() {
    TreeCursor rows = table.clustered().tree().ascending(null, null);
    List<byte[]> keys = new ArrayList<>();
    boolean first = true;
    while (rows.next()) {
      byte[] version = Version.checked(rows.value());
      if (Version.deleted(version)) {
        continue;
      }
      byte[] key = rows.key();
      keys.add(codec.encode(table.rows().row(version, Version.HEADER), table.rowId(key)));
      if (keys.size() == RUN) {
        write(keys, first);
        keys.clear();
        first = false;
      }
    }
    write(keys, first);
  }

  private void write(List<byte[]> keys, boolean first) {
    keys.sort(Arrays::compareUnsigned);
    byte[] entry = Version.entry(0, 0);
    for (int i = 1; i < keys.size(); i++) {
      requireDifferent(keys.get(i - 1), keys.get(i));
    }
    if (first) {
      Iterator<Map.Entry<byte[], byte[]>> sorted =
          keys.stream().map(key -> Map.entry(key, entry)).iterator();
      index.tree().bulkAppend(sorted, FILL_PERCENT);
      return;
    }
    for (byte[] key : keys) {
      if (index.def().unique()) {
        KeyBounds same = KeyBounds.prefix(Arrays.copyOf(key, codec.ownLength(key)));
        TreeCursor others = index.tree().scan(same, false);
        while (others.next()) {
          requireDifferent(others.key(), key);
        }
      }
      index.tree().put(key, entry);
    }
  }

  private void requireDifferent(byte[] one, byte[] other) {
    if (!index.def().unique()) {
      return;
    }
    int length = codec.ownLength(one);
    if (!Arrays.equals(one, 0, length, other, 0, Math.min(length, other.length))) {
      return;
    }
    Object[] row = row(other);
    if (!codec.hasNull(row)) {
      throw new UniqueCheck(table).duplicate(index, row);
    }
  }

  /** The row of an entry, for its values. */
  private Object[] row(byte[] key) {
    byte[] version = table.clustered().tree().get(codec.clusteredKey(key));
    if (version == null) {
      return new Object[def.columns().size()];
    }
    return table.rows().decode(version, Version.HEADER);
  }
}
