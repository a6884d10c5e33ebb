package io.polarj.engine.table;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.dictionary.StoredTable;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.trx.Transactions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * The tables that have been opened, by id: a new version of a definition shares the counters of the
 * one before. Any thread.
 */
public final class TableRegistry {
  private final ConcurrentHashMap<Long, EngineTable> open = new ConcurrentHashMap<>();
  private final Transactions transactions;
  private final MtrSource mtrs;
  private final TreeLatches latches;
  private final LongFunction<AutoIncrement> autoIncrements;
  private final Definitions definitions;
  private final boolean counted;
  private final EngineTable.RowCounts counts = EngineTable.RowCounts.zero();

  /**
   * {@code autoIncrements}: makes the counter of a table id; {@code counted}: whether rows are
   * counted when a table is opened.
   */
  public TableRegistry(
      Transactions transactions,
      MtrSource mtrs,
      TreeLatches latches,
      LongFunction<AutoIncrement> autoIncrements,
      Definitions definitions,
      boolean counted) {
    this.transactions = transactions;
    this.mtrs = mtrs;
    this.latches = latches;
    this.autoIncrements = autoIncrements;
    this.definitions = definitions;
    this.counted = counted;
  }

  public EngineTable.RowCounts counts() {
    return counts;
  }

  /** The table as stored; opened when it was not. */
  public EngineTable of(StoredTable stored) {
    EngineTable known = open.get(stored.id());
    if (known != null && known.def().version() == stored.def().version()) {
      return known;
    }
    return open.compute(
        stored.id(),
        (id, present) ->
            present != null && present.def().version() >= stored.def().version()
                ? present
                : build(stored, present));
  }

  private EngineTable build(StoredTable stored, EngineTable before) {
    TableDef def = stored.def();
    List<IndexTree> trees = new ArrayList<>(def.indexes().size());
    for (int i = 0; i < def.indexes().size(); i++) {
      trees.add(indexTree(stored, def, def.indexes().get(i), stored.indexes().get(i)));
    }
    TableData.Counters counters =
        before != null
            ? before.data().counters()
            : new TableData.Counters(autoIncrements.apply(def.id()));
    TableData data = new TableData(def, trees.get(0), trees.subList(1, trees.size()), counters);
    if (before == null && counted) {
      data.initializeCounters();
    }
    return new EngineTable(data, transactions, definitions, counts);
  }

  private IndexTree indexTree(
      StoredTable stored, TableDef def, IndexDef index, StoredTable.StoredIndex where) {
    BTree tree = new BTree(mtrs, latches, stored.spaceId(), where.rootPageNo(), where.indexId());
    return new IndexTree(index, new KeyCodec(def, index), tree, where.builtLsn());
  }

  /** The opened table of that id, or null. */
  public EngineTable opened(long id) {
    return open.get(id);
  }

  /** Forgets a dropped table, after background work has left it. Readers get TableChanged. */
  public void discard(long id) {
    EngineTable table = open.remove(id);
    if (table != null) {
      table.data().discard();
      latches.remove(table.data().clustered().id());
      table.data().secondaries().forEach(index -> latches.remove(index.id()));
    }
  }

  /** Stores the exact AUTO_INCREMENT counters. */
  public void settle() {
    open.values().forEach(table -> table.data().counters().autoIncrement.settle());
  }
}
