package io.polarj.sql.exec.memory;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A table of the in-memory engine: a sorted map per index, row id last in every key. */
final class MemoryTable implements Table {
  private static final class Index {
    IndexDef def;
    MemoryKey.Order order;
    int[] columns;
    final TreeMap<MemoryKey, MemoryRow> rows = new TreeMap<>();
  }

  private TableDef def;
  private final List<Index> indexes = new ArrayList<>();
  private long nextRowId;
  private long nextAuto = 1;

  /** Rows handed out by scans and gets: what tests assert to show an access path. */
  long rowsRead;

  MemoryTable(TableDef def) {
    this.def = def;
    def.indexes().forEach(this::addIndex);
  }

  private Index addIndex(IndexDef indexDef) {
    Index index = new Index();
    index.def = indexDef;
    index.columns = indexDef.columns().stream().mapToInt(IndexColumn::column).toArray();
    Collation[] collations = new Collation[index.columns.length + 1];
    boolean[] unsigned = new boolean[index.columns.length + 1];
    for (int i = 0; i < index.columns.length; i++) {
      ColumnType type = def.columns().get(index.columns[i]).type();
      collations[i] = type.collation();
      unsigned[i] = type.unsigned();
    }
    index.order = new MemoryKey.Order(collations, unsigned);
    indexes.add(index);
    return index;
  }

  void redefine(TableDef newDef) {
    TableDef old = def;
    def = newDef;
    indexes.removeIf(i -> newDef.indexes().stream().noneMatch(d -> d.id() == i.def.id()));
    for (IndexDef added : newDef.indexes()) {
      if (old.indexes().stream().noneMatch(d -> d.id() == added.id())) {
        Index index = addIndex(added);
        for (MemoryRow row : List.copyOf(indexes.get(0).rows.values())) {
          try {
            checkUnique(index, row);
          } catch (EngineException.DuplicateKey e) {
            def = old;
            indexes.remove(index);
            throw e;
          }
          index.rows.put(key(index, row), row);
        }
      }
    }
  }

  void clear() {
    indexes.forEach(i -> i.rows.clear());
    nextAuto = 1;
  }

  private static MemoryKey key(Index index, MemoryRow row) {
    Object[] values = new Object[index.columns.length + 1];
    for (int i = 0; i < index.columns.length; i++) {
      values[i] = row.values()[index.columns[i]];
    }
    values[index.columns.length] = row.id();
    return new MemoryKey(values, index.order, 0);
  }

  private Index index(IndexDef indexDef) {
    for (Index index : indexes) {
      if (index.def.id() == indexDef.id()) {
        return index;
      }
    }
    throw new EngineException.TableChanged(def.name());
  }

  @Override
  public TableDef def() {
    return def;
  }

  @Override
  public Row get(Transaction transaction, IndexDef indexDef, Object[] key, ReadMode mode) {
    if (key.length != indexDef.columns().size() || !indexDef.unique()) {
      throw new IllegalArgumentException("not a key of " + indexDef.name());
    }
    try (RowCursor cursor = scan(transaction, indexDef, KeyRange.prefix(key), false, false, mode)) {
      return cursor.next();
    }
  }

  @Override
  public RowCursor scan(
      Transaction transaction,
      IndexDef indexDef,
      KeyRange range,
      boolean reverse,
      boolean indexOnly,
      ReadMode mode) {
    Index index = index(indexDef);
    NavigableMap<MemoryKey, MemoryRow> rows = sub(index, range);
    NavigableMap<MemoryKey, MemoryRow> ordered = reverse ? rows.descendingMap() : rows;
    return new RowCursor() {
      private Map.Entry<MemoryKey, MemoryRow> at;
      private boolean started;

      @Override
      public Row next() {
        if (started && at == null) {
          return null;
        }
        at = started ? ordered.higherEntry(at.getKey()) : ordered.firstEntry();
        started = true;
        rowsRead += at == null ? 0 : 1;
        return at == null ? null : at.getValue();
      }

      @Override
      public void close() {}
    };
  }

  private static NavigableMap<MemoryKey, MemoryRow> sub(Index index, KeyRange range) {
    MemoryKey low =
        range.low() == null
            ? new MemoryKey(new Object[0], index.order, -1)
            : new MemoryKey(range.low(), index.order, range.lowInclusive() ? -1 : 1);
    MemoryKey high =
        range.high() == null
            ? new MemoryKey(new Object[0], index.order, 1)
            : new MemoryKey(range.high(), index.order, range.highInclusive() ? 1 : -1);
    return low.compareTo(high) > 0 ? new TreeMap<>() : index.rows.subMap(low, true, high, true);
  }

  private void checkUnique(Index index, MemoryRow row) {
    if (!index.def.unique() || index.columns.length == 0) {
      return;
    }
    Object[] values = new Object[index.columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.values()[index.columns[i]];
      if (values[i] == null) {
        return;
      }
    }
    for (MemoryRow other : sub(index, KeyRange.prefix(values)).values()) {
      if (other.id() != row.id()) {
        throw new EngineException.DuplicateKey(
            def.name(),
            index.def.name(),
            List.of(values).stream().map(String::valueOf).collect(Collectors.joining("-")));
      }
    }
  }

  private static void mayWrite(Transaction transaction) {
    if (transaction.readOnly()) {
      throw new IllegalStateException("write in a read-only transaction");
    }
  }

  private void put(MemoryRow row) {
    indexes.forEach(index -> index.rows.put(key(index, row), row));
  }

  private void remove(MemoryRow row) {
    indexes.forEach(index -> index.rows.remove(key(index, row)));
  }

  @Override
  public void insert(Transaction transaction, Object[] values) {
    mayWrite(transaction);
    checkValues(values);
    MemoryRow row = new MemoryRow(values.clone(), nextRowId++);
    indexes.forEach(index -> checkUnique(index, row));
    put(row);
    ((MemoryTransaction) transaction).undo(() -> remove(row));
  }

  @Override
  public void update(Transaction transaction, Row current, Object[] values) {
    mayWrite(transaction);
    checkValues(values);
    MemoryRow before = (MemoryRow) current;
    MemoryRow after = new MemoryRow(values.clone(), before.id());
    indexes.forEach(index -> checkUnique(index, after));
    remove(before);
    put(after);
    ((MemoryTransaction) transaction)
        .undo(() -> {
          remove(after);
          put(before);
        });
  }

  @Override
  public void delete(Transaction transaction, Row current) {
    mayWrite(transaction);
    MemoryRow row = (MemoryRow) current;
    remove(row);
    ((MemoryTransaction) transaction).undo(() -> put(row));
  }

  /** The contract of {@link Table}: values are converted and checked before they come here. */
  private void checkValues(Object[] values) {
    if (values.length != def.columns().size()) {
      throw new IllegalArgumentException("wrong number of values");
    }
    for (int i = 0; i < values.length; i++) {
      ColumnDef column = def.columns().get(i);
      Object value = values[i];
      if (value == null ? !column.nullable() : !ValueClasses.matches(column.type(), value)) {
        throw new IllegalArgumentException("value " + value + " for column " + column);
      }
    }
  }

  @Override
  public long reserveAutoIncrement(int count) {
    long first = nextAuto;
    nextAuto += count;
    return first;
  }

  @Override
  public void observeAutoIncrement(long value) {
    nextAuto = Math.max(nextAuto, value + 1);
  }

  @Override
  public long peekAutoIncrement() {
    return nextAuto;
  }

  @Override
  public long rowCountEstimate() {
    return indexes.get(0).rows.size();
  }

  @Override
  public long rangeEstimate(IndexDef indexDef, KeyRange range) {
    return sub(index(indexDef), range).size();
  }
}
