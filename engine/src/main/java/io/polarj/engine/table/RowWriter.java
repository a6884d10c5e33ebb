package io.polarj.engine.table;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.trx.EngineTransaction;
import io.polarj.engine.trx.UndoRecord;
import io.polarj.engine.trx.UndoRecord.IndexEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Inserts, updates and deletes rows. For each change: row lock, undo record, clustered tree,
 * secondary trees, each in an mtr of its own; rollback copes with whatever part of it happened. The
 * clustered tree's change is conditional on the version that the undo record tells of. Any thread.
 */
final class RowWriter {
  private final TableData table;
  private final UniqueCheck unique;

  RowWriter(TableData table) {
    this.table = table;
    this.unique = new UniqueCheck(table);
  }

  void insert(EngineTransaction transaction, Object[] row) {
    transaction.writeId();
    long rowId = table.hiddenKey() ? table.nextRowId() : 0;
    byte[] key = table.clustered().codec().encode(row, rowId);
    byte[] version = table.rows().encode(row, Version.HEADER);
    // A key that is too long is refused before there is anything to undo.
    byte[][] entryKeys = new byte[table.secondaries().size()][];
    for (int i = 0; i < entryKeys.length; i++) {
      entryKeys[i] = table.secondaries().get(i).codec().encode(row, rowId);
    }
    transaction.lockRow(table.clustered().id(), key, LockMode.EXCLUSIVE, LockWait.WAIT);
    Savepoint before = transaction.savepoint();
    try {
      insertClustered(transaction, row, rowId, key, version);
      table.counters().rows.increment();
      for (int i = 0; i < entryKeys.length; i++) {
        IndexTree index = table.secondaries().get(i);
        unique.require(transaction, index, row, entryKeys[i]);
        setEntry(index, entryKeys[i], transaction.id(), 0);
      }
    } catch (EngineException e) {
      undoRow(transaction, before, e);
      throw e;
    }
  }

  /** A row is changed in all its trees or in none, whatever the statement does about the error. */
  private static void undoRow(EngineTransaction transaction, Savepoint before, EngineException e) {
    if (transaction.active()) {
      try {
        transaction.rollbackTo(before);
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
    }
  }

  private void insertClustered(
      EngineTransaction transaction, Object[] row, long rowId, byte[] key, byte[] version) {
    long id = transaction.id();
    long pointer = transaction.writeUndo(UndoRecord.insert(id, table.id(), key));
    Version.stamp(version, id, pointer, 0);
    byte[] marked = null;
    while (true) {
      byte[] expected = marked;
      byte[][] met = new byte[1][];
      table
          .clustered()
          .tree()
          .modify(
              key,
              current -> {
                met[0] = current;
                boolean same =
                    current == null
                        || expected != null
                            && Version.pointer(current) == Version.pointer(expected)
                            && Version.trx(current) == Version.trx(expected);
                return same ? version : current;
              });
      byte[] found = Version.checked(met[0]);
      if (found == null
          || expected != null
              && Version.pointer(found) == Version.pointer(expected)
              && Version.trx(found) == Version.trx(expected)) {
        return;
      }
      if (transaction.runsElsewhere(Version.trx(found))) {
        transaction.awaitEnd(Version.trx(found), LockWait.WAIT);
        continue;
      }
      if (!Version.deleted(found)) {
        throw unique.duplicate(table.clustered(), row);
      }
      // The key's last row is only marked: what is added is a new version of it.
      marked = found;
      List<IndexEntry> added = new ArrayList<>(table.secondaries().size());
      for (IndexTree index : table.secondaries()) {
        added.add(new IndexEntry(index.id(), index.codec().encode(row, rowId)));
      }
      Version.stamp(version, id, transaction.writeUndo(undoOf(id, key, found, true, added)), 0);
    }
  }

  private UndoRecord undoOf(
      long id, byte[] key, byte[] version, boolean indexesChanged, List<IndexEntry> added) {
    return new UndoRecord(
        UndoRecord.Kind.UPDATE,
        id,
        table.id(),
        key,
        Version.trx(version),
        Version.pointer(version),
        Version.flags(version),
        indexesChanged,
        added,
        Version.columns(version));
  }

  void update(EngineTransaction transaction, VersionedRow current, Object[] row) {
    transaction.writeId();
    byte[] key = current.key();
    long rowId = table.rowId(key);
    Savepoint before = transaction.savepoint();
    try {
      if (!table.hiddenKey() && table.clustered().changes(current, row)) {
        byte[] moved = table.clustered().codec().encode(row, rowId);
        if (!Arrays.equals(moved, key)) {
          delete(transaction, current);
          insert(transaction, row);
          return;
        }
      }
      transaction.lockRow(table.clustered().id(), key, LockMode.EXCLUSIVE, LockWait.WAIT);
      updateInPlace(transaction, current, row, rowId);
    } catch (EngineException e) {
      undoRow(transaction, before, e);
      throw e;
    }
  }

  /** An index whose key changes; {@code before} and {@code after} are its whole keys. */
  private record KeyChange(IndexTree index, byte[] before, byte[] after) {}

  private void updateInPlace(
      EngineTransaction transaction, VersionedRow current, Object[] row, long rowId) {
    long id = transaction.id();
    byte[] version = table.rows().encode(row, Version.HEADER);
    VersionedRow base = current;
    while (true) {
      List<KeyChange> changes = keyChanges(transaction, base, row, rowId);
      List<IndexEntry> added = new ArrayList<>(changes.size());
      for (KeyChange change : changes) {
        added.add(new IndexEntry(change.index.id(), change.after));
      }
      UndoRecord undo = undoOf(id, base.key(), base.version(), !changes.isEmpty(), added);
      Version.stamp(version, id, transaction.writeUndo(undo), 0);
      byte[] met = replace(base, version);
      if (met == null) {
        for (KeyChange change : changes) {
          markEntry(change.index, change.before, id);
          setEntry(change.index, change.after, id, 0);
        }
        return;
      }
      // This transaction has changed the row since it was read.
      base = new VersionedRow(table, base.key(), met);
    }
  }

  private List<KeyChange> keyChanges(
      EngineTransaction transaction, VersionedRow base, Object[] row, long rowId) {
    List<KeyChange> changes = List.of();
    for (IndexTree index : table.secondaries()) {
      if (!index.changes(base, row)) {
        continue;
      }
      byte[] after = index.codec().encode(row, rowId);
      byte[] before = index.codec().encode(base, rowId);
      if (!Arrays.equals(before, after)) {
        unique.require(transaction, index, row, after);
        changes = changes.isEmpty() ? new ArrayList<>(2) : changes;
        changes.add(new KeyChange(index, before, after));
      }
    }
    return changes;
  }

  /** Puts the version in the place of the base's; returns null, or what is there instead. */
  private byte[] replace(VersionedRow base, byte[] version) {
    byte[][] met = new byte[1][];
    table
        .clustered()
        .tree()
        .modify(
            base.key(),
            current -> {
              met[0] = current;
              return current != null && sameVersion(current, base.version()) ? version : current;
            });
    byte[] found = Version.checked(met[0]);
    if (found == null || Version.deleted(found)) {
      throw new IllegalStateException("the row was deleted after it was read for a change");
    }
    return sameVersion(found, base.version()) ? null : found;
  }

  private static boolean sameVersion(byte[] a, byte[] b) {
    return Version.pointer(a) == Version.pointer(b) && Version.trx(a) == Version.trx(b);
  }

  void delete(EngineTransaction transaction, VersionedRow current) {
    long id = transaction.writeId();
    byte[] key = current.key();
    long rowId = table.rowId(key);
    transaction.lockRow(table.clustered().id(), key, LockMode.EXCLUSIVE, LockWait.WAIT);
    VersionedRow base = current;
    while (true) {
      byte[] old = base.version();
      long pointer =
          transaction.writeUndo(
              UndoRecord.delete(
                  id, table.id(), key, Version.trx(old), Version.pointer(old), Version.flags(old)));
      byte[] met = replace(base, Version.withHeader(old, id, pointer, Version.DELETED));
      if (met == null) {
        break;
      }
      base = new VersionedRow(table, key, met);
    }
    for (IndexTree index : table.secondaries()) {
      markEntry(index, index.codec().encode(base, rowId), id);
    }
    table.counters().rows.decrement();
  }

  static void setEntry(IndexTree index, byte[] key, long trxId, int flags) {
    index.tree().put(key, Version.entry(trxId, flags));
  }

  static void markEntry(IndexTree index, byte[] key, long trxId) {
    byte[] marked = Version.entry(trxId, Version.DELETED);
    index.tree().modify(key, current -> current == null ? null : marked);
  }
}
