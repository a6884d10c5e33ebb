package io.polarj.engine.dictionary;

import io.polarj.engine.schema.TableDef;
import java.util.List;

/**
 * A table as the dictionary has it: its definition and where its trees begin. {@code indexes} goes
 * with the definition's indexes, one by one. The tablespace's id is the table's. Immutable.
 */
public record StoredTable(TableDef def, List<StoredIndex> indexes) {
  /** {@code builtLsn}: the index has what snapshots at or above it see. */
  public record StoredIndex(long indexId, int rootPageNo, long builtLsn) {}

  public StoredTable {
    indexes = List.copyOf(indexes);
    if (indexes.size() != def.indexes().size()) {
      throw new IllegalArgumentException(
          def.indexes().size() + " indexes with " + indexes.size() + " trees");
    }
  }

  public long id() {
    return def.id();
  }

  public int spaceId() {
    return Math.toIntExact(def.id());
  }
}
