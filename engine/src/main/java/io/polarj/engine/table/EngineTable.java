package io.polarj.engine.table;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.trx.EngineTransaction;
import io.polarj.engine.trx.Transactions;
import java.util.concurrent.atomic.LongAdder;

/**
 * The rows of a table, for any transaction that holds its metadata lock. A plain get by primary key
 * is one descent and a visibility check. Any thread.
 */
public final class EngineTable implements Table {
  /** What was done to rows, for SHOW STATUS. */
  public record RowCounts(
      LongAdder read, LongAdder inserted, LongAdder updated, LongAdder deleted) {
    public static RowCounts zero() {
      return new RowCounts(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  private final TableData table;
  private final VersionReader reader;
  private final RowWriter writer;
  private final RowCounts counts;
  private final boolean writable;

  public EngineTable(
      TableData table, Transactions transactions, Definitions definitions, RowCounts counts) {
    this.table = table;
    this.reader = new VersionReader(table, transactions, definitions);
    this.writer = new RowWriter(table);
    this.counts = counts;
    this.writable = transactions.writable();
  }

  public TableData data() {
    return table;
  }

  @Override
  public TableDef def() {
    return table.def();
  }

  private static EngineTransaction engine(Transaction transaction) {
    EngineTransaction own = (EngineTransaction) transaction;
    own.requireActive();
    return own;
  }

  /** The snapshot of a plain read through that index. */
  private long snapshot(EngineTransaction transaction, IndexTree index) {
    table.requireUsable();
    long snapshot = transaction.snapshot();
    if (snapshot < index.builtLsn()) {
      throw new EngineException.TableChanged(def().schema() + "." + def().name());
    }
    return snapshot;
  }

  private void requireLocks(ReadMode mode) {
    if (mode.lock() != LockMode.NONE && !writable) {
      throw new EngineException.ReadOnly("a replica locks no rows");
    }
  }

  @Override
  public Row get(Transaction transaction, IndexDef index, Object[] key, ReadMode mode) {
    EngineTransaction own = engine(transaction);
    requireLocks(mode);
    IndexTree tree = table.index(index);
    for (Object value : key) {
      if (value == null) {
        return null;
      }
    }
    if (tree == table.clustered() && !table.hiddenKey()) {
      Row row = getClustered(own, tree.codec().prefix(key), mode);
      if (row != null) {
        counts.read.increment();
      }
      return row;
    }
    try (RowCursor cursor = scan(own, index, KeyRange.prefix(key), false, false, mode)) {
      return cursor.next();
    }
  }

  private Row getClustered(EngineTransaction own, byte[] key, ReadMode mode) {
    byte[] version;
    if (mode.lock() == LockMode.NONE) {
      long snapshot = snapshot(own, table.clustered());
      try {
        version = reader.read(own, snapshot, key);
      } catch (EngineException e) {
        throw reader.explained(e, table.clustered(), snapshot);
      }
      reader.requireReadable(snapshot);
    } else {
      version = reader.locked(own, key, mode);
      if (version == VersionReader.SKIPPED) {
        return null;
      }
    }
    return version == null ? null : new VersionedRow(table, key, version);
  }

  @Override
  public RowCursor scan(
      Transaction transaction,
      IndexDef index,
      KeyRange range,
      boolean reverse,
      boolean indexOnly,
      ReadMode mode) {
    EngineTransaction own = engine(transaction);
    requireLocks(mode);
    IndexTree tree = table.index(index);
    long snapshot = mode.lock() == LockMode.NONE ? snapshot(own, tree) : 0;
    KeyBounds bounds = tree.codec().bounds(range);
    if (bounds.empty()) {
      return new EmptyCursor();
    }
    TreeCursor cursor = tree.tree().scan(bounds, reverse);
    RowCursor rows =
        mode.lock() != LockMode.NONE
            ? new LockingCursor(table, tree, reader, own, cursor, mode, counts.read)
            : new SnapshotCursor(
                table, tree, reader, own, cursor, snapshot, indexOnly, counts.read);
    return tree.codec().exact(range) ? rows : new RangeFilter(table.def(), tree.def(), range, rows);
  }

  private static final class EmptyCursor implements RowCursor {
    @Override
    public Row next() {
      return null;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  @Override
  public void insert(Transaction transaction, Object[] row) {
    writer.insert(writing(transaction), row);
    counts.inserted.increment();
  }

  @Override
  public void update(Transaction transaction, Row current, Object[] row) {
    writer.update(writing(transaction), versioned(current), row);
    counts.updated.increment();
  }

  @Override
  public void delete(Transaction transaction, Row current) {
    writer.delete(writing(transaction), versioned(current));
    counts.deleted.increment();
  }

  private EngineTransaction writing(Transaction transaction) {
    if (!writable) {
      throw new EngineException.ReadOnly("this node is a replica");
    }
    table.requireUsable();
    return engine(transaction);
  }

  private static VersionedRow versioned(Row row) {
    if (row instanceof VersionedRow versioned) {
      return versioned;
    }
    throw new IllegalArgumentException("the row was not read from this table for a change");
  }

  @Override
  public long reserveAutoIncrement(int count) {
    if (!writable) {
      throw new EngineException.ReadOnly("this node is a replica");
    }
    return table.counters().autoIncrement.reserve(count);
  }

  @Override
  public void observeAutoIncrement(long value) {
    table.counters().autoIncrement.observe(value);
  }

  @Override
  public long peekAutoIncrement() {
    return table.counters().autoIncrement.peek();
  }

  @Override
  public long rowCountEstimate() {
    return writable
        ? Math.max(0, table.counters().rows.sum())
        : table.clustered().tree().estimate(null, null);
  }

  @Override
  public long rangeEstimate(IndexDef index, KeyRange range) {
    IndexTree tree = table.index(index);
    KeyBounds bounds = tree.codec().bounds(range);
    return bounds.empty() ? 0 : tree.tree().estimate(bounds.low(), bounds.high());
  }
}
