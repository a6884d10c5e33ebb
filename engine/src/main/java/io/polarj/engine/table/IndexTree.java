package io.polarj.engine.table;

import io.polarj.engine.api.Row;
import io.polarj.engine.btree.BTree;
import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import java.util.Arrays;
import java.util.Objects;

/**
 * An index of a table and the tree that holds it. {@code builtLsn}: snapshots below it can not be
 * read through it. Immutable; any thread.
 */
public record IndexTree(IndexDef def, KeyCodec codec, BTree tree, long builtLsn) {
  long id() {
    return def.id();
  }

  /** Whether a column of this index differs between the row and the values. */
  boolean changes(Row row, Object[] values) {
    for (IndexColumn part : def.columns()) {
      Object before = row.get(part.column());
      Object after = values[part.column()];
      boolean same =
          before instanceof byte[] a && after instanceof byte[] b
              ? Arrays.equals(a, b)
              : Objects.equals(before, after);
      if (!same) {
        return true;
      }
    }
    return false;
  }
}
