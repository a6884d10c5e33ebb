package io.polarj.engine.table;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.trx.EngineTransaction;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * A plain scan: the rows as one snapshot sees them. A secondary entry whose writer the snapshot
 * sees says itself whether it counts; any other one is decided by the row's version, whose key must
 * still be the entry's. One thread.
 */
final class SnapshotCursor implements RowCursor {
  private final TableData table;
  private final IndexTree index;
  private final VersionReader reader;
  private final EngineTransaction transaction;
  private final TreeCursor cursor;
  private final long snapshot;
  private final boolean indexOnly;
  private final LongAdder reads;
  private final int statement;
  private boolean closed;

  SnapshotCursor(
      TableData table,
      IndexTree index,
      VersionReader reader,
      EngineTransaction transaction,
      TreeCursor cursor,
      long snapshot,
      boolean indexOnly,
      LongAdder reads) {
    this.table = table;
    this.index = index;
    this.reader = reader;
    this.transaction = transaction;
    this.cursor = cursor;
    this.snapshot = snapshot;
    this.indexOnly = indexOnly;
    this.reads = reads;
    this.statement = transaction.statements();
  }

  @Override
  public Row next() {
    if (closed) {
      return null;
    }
    transaction.requireActive();
    if (transaction.isolation() == IsolationLevel.READ_COMMITTED
        && transaction.statements() != statement) {
      throw new IllegalStateException("the cursor's statement is over, and its snapshot with it");
    }
    try {
      return nextVisible();
    } catch (EngineException e) {
      throw reader.explained(e, index, snapshot);
    }
  }

  private Row nextVisible() {
    while (cursor.next()) {
      table.requireUsable();
      Row row = index == table.clustered() ? clusteredRow() : secondaryRow();
      if (row != null) {
        reader.requireReadable(snapshot);
        reads.increment();
        return row;
      }
    }
    reader.requireReadable(snapshot);
    closed = true;
    return null;
  }

  private Row clusteredRow() {
    byte[] key = cursor.key();
    byte[] version = reader.visible(transaction, snapshot, key, cursor.value());
    return version == null ? null : new VersionedRow(table, key, version);
  }

  private Row secondaryRow() {
    byte[] entryKey = cursor.key();
    byte[] entry = cursor.value();
    boolean deleted = Version.entryDeleted(entry);
    boolean decided = transaction.visible(Version.trx(entry), snapshot);
    if (decided && deleted) {
      return null;
    }
    if (decided && indexOnly) {
      return index.codec().row(entryKey);
    }
    byte[] key = index.codec().clusteredKey(entryKey);
    byte[] version = reader.read(transaction, snapshot, key);
    if (version == null) {
      return null;
    }
    VersionedRow row = new VersionedRow(table, key, version);
    return Arrays.equals(index.codec().encode(row, table.rowId(key)), entryKey) ? row : null;
  }

  @Override
  public void close() {
    closed = true;
  }
}
