package io.polarj.engine.table;

import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.trx.EngineTransaction;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * A locking scan: each row is locked by its clustered key, then its newest version is read. No
 * latch is held while waiting. One thread.
 */
final class LockingCursor implements RowCursor {
  private final TableData table;
  private final IndexTree index;
  private final VersionReader reader;
  private final EngineTransaction transaction;
  private final TreeCursor cursor;
  private final ReadMode mode;
  private final LongAdder reads;
  private boolean closed;

  LockingCursor(
      TableData table,
      IndexTree index,
      VersionReader reader,
      EngineTransaction transaction,
      TreeCursor cursor,
      ReadMode mode,
      LongAdder reads) {
    this.table = table;
    this.index = index;
    this.reader = reader;
    this.transaction = transaction;
    this.cursor = cursor;
    this.mode = mode;
    this.reads = reads;
  }

  @Override
  public Row next() {
    if (closed) {
      return null;
    }
    transaction.requireActive();
    while (cursor.next()) {
      Row row = lockedRow(cursor.key());
      if (row != null) {
        reads.increment();
        return row;
      }
    }
    closed = true;
    return null;
  }

  private Row lockedRow(byte[] entryKey) {
    boolean secondary = index != table.clustered();
    byte[] key = secondary ? index.codec().clusteredKey(entryKey) : entryKey;
    if (passedOver(secondary)) {
      return null;
    }
    byte[] version = reader.locked(transaction, key, mode);
    if (version == null || version == VersionReader.SKIPPED) {
      return null;
    }
    VersionedRow row = new VersionedRow(table, key, version);
    boolean still =
        !secondary || Arrays.equals(index.codec().encode(row, table.rowId(key)), entryKey);
    return still ? row : null;
  }

  /** What is marked by a transaction that has ended needs no lock. */
  private boolean passedOver(boolean secondary) {
    byte[] value = cursor.value();
    boolean deleted = secondary ? Version.entryDeleted(value) : Version.deleted(value);
    return deleted && !transaction.runsElsewhere(Version.trx(value));
  }

  @Override
  public void close() {
    closed = true;
  }
}
