package io.polarj.engine.table;

import io.polarj.engine.api.LockWait;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.trx.EngineTransaction;
import io.polarj.engine.trx.Transactions;
import io.polarj.engine.trx.UndoRecord;
import java.util.Arrays;

/**
 * Finds the version of a row that a reader is to see: through the undo chain for plain reads, the
 * newest one under a lock for locking reads. Any thread; holds no latch between steps.
 */
final class VersionReader {
  private final TableData table;
  private final Transactions transactions;
  private final Definitions definitions;

  VersionReader(TableData table, Transactions transactions, Definitions definitions) {
    this.table = table;
    this.transactions = transactions;
    this.definitions = definitions;
  }

  /** The version that the snapshot sees, null when it sees no row; {@code newest} may be null. */
  byte[] visible(EngineTransaction transaction, long snapshot, byte[] key, byte[] newest) {
    byte[] version = Version.checked(newest);
    while (version != null) {
      long trx = Version.trx(version);
      if (transaction.visible(trx, snapshot)) {
        return Version.deleted(version) ? null : version;
      }
      version = before(key, version, trx, snapshot);
    }
    return null;
  }

  private byte[] before(byte[] key, byte[] version, long trx, long snapshot) {
    UndoRecord undo = transactions.undoLog().read(Version.pointer(version), trx);
    if (undo == null || undo.tableId() != table.id() || !Arrays.equals(undo.key(), key)) {
      throw lost(trx, snapshot);
    }
    return switch (undo.kind()) {
      case INSERT -> null;
      case UPDATE ->
          Version.of(
              undo.previousTrx(),
              undo.previousPointer(),
              undo.previousFlags(),
              undo.previousColumns());
      case DELETE ->
          Version.withHeader(
              version, undo.previousTrx(), undo.previousPointer(), undo.previousFlags());
    };
  }

  private EngineException lost(long trx, long snapshot) {
    String what =
        "undo of transaction "
            + trx
            + " for a snapshot at LSN "
            + snapshot
            + " of table "
            + table.def().schema()
            + "."
            + table.def().name();
    return transactions.writable()
        ? new EngineException.Corruption(what + " is missing")
        : new EngineException.SnapshotTooOld(what + " was purged; start the transaction again");
  }

  /**
   * What a reader of a replica is told instead of an error it met: purge may have freed the undo
   * that it was reading, or a change of the definition the pages or the file before the catalog
   * followed.
   */
  EngineException explained(EngineException met, IndexTree index, long snapshot) {
    boolean unreadable =
        met instanceof EngineException.Corruption || met instanceof EngineException.StorageFailure;
    if (transactions.writable() || !unreadable) {
      return met;
    }
    try {
      transactions.requireReadable(snapshot);
    } catch (EngineException.SnapshotTooOld e) {
      return e;
    }
    return definitions.has(table.id(), index.id())
        ? met
        : new EngineException.TableChanged(table.def().schema() + "." + table.def().name());
  }

  void requireReadable(long snapshot) {
    transactions.requireReadable(snapshot);
  }

  /** The newest version of that clustered key for a plain read. */
  byte[] read(EngineTransaction transaction, long snapshot, byte[] key) {
    return visible(transaction, snapshot, key, table.clustered().tree().get(key));
  }

  /** What {@link #locked} returns for a row that SKIP LOCKED passes over. */
  static final byte[] SKIPPED = new byte[0];

  /**
   * Locks the row and returns its newest version, null when there is no row, {@link #SKIPPED} when
   * it is locked and to be skipped.
   */
  byte[] locked(EngineTransaction transaction, byte[] key, ReadMode mode) {
    if (!transaction.lockRow(table.clustered().id(), key, mode.lock(), mode.onConflict())) {
      return SKIPPED;
    }
    return current(transaction, key, mode.onConflict());
  }

  /** The newest version of a row that is locked, once no unfinished transaction has a say in it. */
  byte[] current(EngineTransaction transaction, byte[] key, LockWait onConflict) {
    while (true) {
      byte[] version = Version.checked(table.clustered().tree().get(key));
      if (version == null) {
        return null;
      }
      if (transaction.runsElsewhere(Version.trx(version))) {
        if (!transaction.awaitEnd(Version.trx(version), onConflict)) {
          return SKIPPED;
        }
        continue;
      }
      return Version.deleted(version) ? null : version;
    }
  }
}
