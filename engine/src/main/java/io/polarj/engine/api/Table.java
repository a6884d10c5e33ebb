package io.polarj.engine.api;

import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;

/**
 * A table opened in a transaction; the transaction holds the table's metadata lock in shared mode
 * to its end, so the definition does not change under it. Values given are already converted to the
 * columns' types and checked for length and NULL; the engine checks keys.
 */
public interface Table {
  TableDef def();

  /**
   * The row with that key of a unique index, or null. {@code key} has a value for each index
   * column, none null.
   */
  Row get(Transaction transaction, IndexDef index, Object[] key, ReadMode mode);

  /**
   * Rows in index order. {@code indexOnly}: only columns of the index and of the primary key will
   * be asked for, and of these only such whose key is the whole value: no characters, no prefixes,
   * no floating point numbers.
   */
  RowCursor scan(
      Transaction transaction,
      IndexDef index,
      KeyRange range,
      boolean reverse,
      boolean indexOnly,
      ReadMode mode);

  /**
   * Adds a row. Throws {@code DuplicateKey}; what the statement did before stays until it is rolled
   * back.
   */
  void insert(Transaction transaction, Object[] row);

  /** Changes the row that was read under an exclusive lock by this transaction. */
  void update(Transaction transaction, Row current, Object[] row);

  /** Deletes the row that was read under an exclusive lock by this transaction. */
  void delete(Transaction transaction, Row current);

  /**
   * Reserves {@code count} successive AUTO_INCREMENT values and returns the first. Never given
   * back.
   */
  long reserveAutoIncrement(int count);

  /** Raises the counter above a value that was given explicitly. */
  void observeAutoIncrement(long value);

  /** What AUTO_INCREMENT would give next. */
  long peekAutoIncrement();

  /** An estimate, for the planner. */
  long rowCountEstimate();

  /** An estimate of how many rows the range of that index holds; cheap (a dive, no scan). */
  long rangeEstimate(IndexDef index, KeyRange range);
}
