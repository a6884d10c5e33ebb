package io.polarj.engine.table;

import io.polarj.engine.api.Row;
import io.polarj.engine.trx.RowChanges;
import io.polarj.engine.trx.TransactionTable;
import io.polarj.engine.trx.UndoRecord;
import io.polarj.engine.trx.UndoRecord.IndexEntry;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * Undoes and purges row changes. Rollback never removes anything: an inserted row, or an added
 * index entry, becomes delete-marked by the transaction, and purge removes it later by the one rule
 * for all: marked, by a transaction that ended at or below the purge bound. From the undo records
 * of whoever marked an entry its key can always be found: from the row itself, from the columns
 * before an update, or from the entries that the record says were added. Index entries go before
 * their row, so a crash in between leaves the way to them. Any thread.
 */
public final class RowHistory implements RowChanges {
  private final LongFunction<TableData> tables;
  private final TransactionTable transactions;

  /** {@code tables}: finds a table by id, null when it was dropped. */
  public RowHistory(LongFunction<TableData> tables, TransactionTable transactions) {
    this.tables = tables;
    this.transactions = transactions;
  }

  @Override
  public void undo(UndoRecord record, long rollPointer) {
    TableData table = tables.apply(record.tableId());
    if (table == null || !table.enter()) {
      return;
    }
    try {
      byte[] version = Version.checked(table.clustered().tree().get(record.key()));
      if (version != null
          && Version.pointer(version) == rollPointer
          && Version.trx(version) == record.trxId()) {
        undoEntries(table, record, version);
        undoRow(table, record, version);
      }
    } finally {
      table.exit();
    }
  }

  private static void undoEntries(TableData table, UndoRecord record, byte[] version) {
    if (record.kind() == UndoRecord.Kind.UPDATE && !record.indexesChanged()) {
      return;
    }
    long id = record.trxId();
    long rowId = table.rowId(record.key());
    Row undone = table.rows().row(version, Version.HEADER);
    boolean wasThere =
        record.kind() != UndoRecord.Kind.INSERT && (record.previousFlags() & Version.DELETED) == 0;
    Row before =
        record.kind() == UndoRecord.Kind.UPDATE
            ? table.rows().row(record.previousColumns(), 0)
            : undone;
    for (IndexTree index : table.secondaries()) {
      byte[] now = index.codec().encode(undone, rowId);
      byte[] then = index.codec().encode(before, rowId);
      if (!wasThere) {
        RowWriter.markEntry(index, now, id);
      } else if (record.kind() == UndoRecord.Kind.DELETE) {
        RowWriter.setEntry(index, now, id, 0);
      } else if (!Arrays.equals(now, then)) {
        RowWriter.markEntry(index, now, id);
        RowWriter.setEntry(index, then, id, 0);
      }
    }
  }

  private static void undoRow(TableData table, UndoRecord record, byte[] version) {
    byte[] restored =
        switch (record.kind()) {
          case INSERT ->
              Version.withHeader(
                  version, record.trxId(), Version.pointer(version), Version.DELETED);
          case UPDATE ->
              Version.of(
                  record.previousTrx(),
                  record.previousPointer(),
                  record.previousFlags(),
                  record.previousColumns());
          case DELETE ->
              Version.withHeader(
                  version, record.previousTrx(), record.previousPointer(), record.previousFlags());
        };
    table.clustered().tree().put(record.key(), restored);
    int change = (Version.deleted(version) ? 1 : 0) - (Version.deleted(restored) ? 1 : 0);
    table.counters().rows.add(change);
  }

  @Override
  public void purge(UndoRecord record, boolean undone, long bound) {
    boolean nothing =
        switch (record.kind()) {
          case INSERT -> !undone;
          case UPDATE -> !record.indexesChanged();
          case DELETE -> false;
        };
    TableData table = nothing ? null : tables.apply(record.tableId());
    if (table == null || !table.enter()) {
      return;
    }
    try {
      if (record.kind() == UndoRecord.Kind.UPDATE) {
        purgeUpdate(table, record, undone, bound);
      } else {
        purgeRow(table, record.key(), bound);
      }
    } finally {
      table.exit();
    }
  }

  private void purgeUpdate(TableData table, UndoRecord record, boolean undone, long bound) {
    if (undone) {
      for (IndexEntry entry : record.added()) {
        IndexTree index = table.secondary(entry.indexId());
        if (index != null) {
          removeEntry(index, entry.key(), bound);
        }
      }
    }
    Row before = table.rows().row(record.previousColumns(), 0);
    long rowId = table.rowId(record.key());
    for (IndexTree index : table.secondaries()) {
      removeEntry(index, index.codec().encode(before, rowId), bound);
    }
    if ((record.previousFlags() & Version.DELETED) != 0) {
      purgeRow(table, record.key(), bound);
    }
  }

  private void purgeRow(TableData table, byte[] key, long bound) {
    byte[] version = Version.checked(table.clustered().tree().get(key));
    if (version == null || !Version.deleted(version) || !ended(Version.trx(version), bound)) {
      return;
    }
    Row row = table.rows().row(version, Version.HEADER);
    long rowId = table.rowId(key);
    for (IndexTree index : table.secondaries()) {
      removeEntry(index, index.codec().encode(row, rowId), bound);
    }
    table
        .clustered()
        .tree()
        .modify(
            key,
            current ->
                current != null
                        && Version.deleted(current)
                        && Version.trx(current) == Version.trx(version)
                        && Version.pointer(current) == Version.pointer(version)
                    ? null
                    : current);
  }

  private void removeEntry(IndexTree index, byte[] key, long bound) {
    index
        .tree()
        .modify(
            key,
            current ->
                current != null
                        && Version.entryDeleted(current)
                        && ended(Version.trx(current), bound)
                    ? null
                    : current);
  }

  private boolean ended(long trxId, long bound) {
    long end = transactions.endLsn(trxId);
    return end != TransactionTable.ACTIVE && end <= bound;
  }
}
