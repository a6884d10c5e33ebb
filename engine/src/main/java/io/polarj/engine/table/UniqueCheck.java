package io.polarj.engine.table;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.trx.EngineTransaction;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.StringJoiner;

/**
 * Whether a unique secondary index has a key already. The key's columns are locked first, so that
 * of two who add the same one the second waits for the first. An entry that an unfinished
 * transaction wrote is waited for by way of its row's lock. Any thread.
 */
final class UniqueCheck {
  private final TableData table;

  UniqueCheck(TableData table) {
    this.table = table;
  }

  /** Throws {@code DuplicateKey} when another row has the key of these values. */
  void require(EngineTransaction transaction, IndexTree index, Object[] row, byte[] entryKey) {
    if (!index.def().unique() || index.codec().hasNull(row)) {
      return;
    }
    byte[] prefix = index.codec().ownPrefix(row);
    transaction.lockRow(index.id(), prefix, LockMode.EXCLUSIVE, LockWait.WAIT);
    while (!decided(transaction, index, prefix, row, entryKey)) {
      // An entry changed while its writer was waited for: look again.
      transaction.requireActive();
    }
  }

  private boolean decided(
      EngineTransaction transaction,
      IndexTree index,
      byte[] prefix,
      Object[] row,
      byte[] entryKey) {
    TreeCursor cursor = index.tree().scan(KeyBounds.prefix(prefix), false);
    while (cursor.next()) {
      byte[] key = cursor.key();
      if (Arrays.equals(key, entryKey)) {
        continue;
      }
      byte[] entry = cursor.value();
      boolean deleted = Version.entryDeleted(entry);
      long writer = Version.trx(entry);
      if (transaction.runsElsewhere(writer)) {
        byte[] rowKey = index.codec().clusteredKey(key);
        transaction.lockRow(table.clustered().id(), rowKey, LockMode.SHARED, LockWait.WAIT);
        transaction.awaitEnd(writer, LockWait.WAIT);
        return false;
      }
      if (!deleted) {
        throw duplicate(index, row);
      }
    }
    return true;
  }

  EngineException.DuplicateKey duplicate(IndexTree index, Object[] row) {
    StringJoiner key = new StringJoiner("-");
    for (IndexColumn part : index.def().columns()) {
      Object value = row[part.column()];
      key.add(value instanceof byte[] b ? HexFormat.of().formatHex(b) : String.valueOf(value));
    }
    return new EngineException.DuplicateKey(
        table.def().name(), index.def().primary() ? "PRIMARY" : index.def().name(), key.toString());
  }
}
