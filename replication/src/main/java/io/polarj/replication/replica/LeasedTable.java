package io.polarj.replication.replica;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;

/** A table on a replica: every row is given out under the lease. Writes fail in the engine. */
final class LeasedTable implements Table {
  private final LeasedTransaction opener;
  private final Table inner;

  LeasedTable(LeasedTransaction opener, Table inner) {
    this.opener = opener;
    this.inner = inner;
  }

  private static LeasedTransaction leased(Transaction transaction) {
    return (LeasedTransaction) transaction;
  }

  @Override
  public TableDef def() {
    return inner.def();
  }

  @Override
  public Row get(Transaction transaction, IndexDef index, Object[] key, ReadMode mode) {
    LeasedTransaction own = leased(transaction);
    return own.read(() -> inner.get(own.inner(), index, key, mode));
  }

  @Override
  public RowCursor scan(
      Transaction transaction,
      IndexDef index,
      KeyRange range,
      boolean reverse,
      boolean indexOnly,
      ReadMode mode) {
    LeasedTransaction own = leased(transaction);
    RowCursor cursor =
        own.read(() -> inner.scan(own.inner(), index, range, reverse, indexOnly, mode));
    return new RowCursor() {
      @Override
      public Row next() {
        return own.read(cursor::next);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  @Override
  public void insert(Transaction transaction, Object[] row) {
    inner.insert(leased(transaction).inner(), row);
  }

  @Override
  public void update(Transaction transaction, Row current, Object[] row) {
    inner.update(leased(transaction).inner(), current, row);
  }

  @Override
  public void delete(Transaction transaction, Row current) {
    inner.delete(leased(transaction).inner(), current);
  }

  @Override
  public long reserveAutoIncrement(int count) {
    return inner.reserveAutoIncrement(count);
  }

  @Override
  public void observeAutoIncrement(long value) {
    inner.observeAutoIncrement(value);
  }

  @Override
  public long peekAutoIncrement() {
    return opener.read(inner::peekAutoIncrement);
  }

  @Override
  public long rowCountEstimate() {
    return opener.read(inner::rowCountEstimate);
  }

  @Override
  public long rangeEstimate(IndexDef index, KeyRange range) {
    return opener.read(() -> inner.rangeEstimate(index, range));
  }
}
