package io.polarj.engine.table;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;

/**
 * Leaves out the rows that the cut key of a column prefix let through, by comparing with the whole
 * columns. One thread.
 */
final class RangeFilter implements RowCursor {
  private final KeyCodec whole;
  private final KeyBounds bounds;
  private final RowCursor rows;

  RangeFilter(TableDef table, IndexDef index, KeyRange range, RowCursor rows) {
    IndexDef uncut =
        new IndexDef(
            index.id(),
            index.name(),
            true,
            index.unique(),
            index.columns().stream().map(part -> new IndexColumn(part.column(), 0)).toList());
    this.whole = new KeyCodec(table, uncut);
    this.bounds = whole.bounds(range);
    this.rows = rows;
  }

  @Override
  public Row next() {
    for (Row row = rows.next(); row != null; row = rows.next()) {
      if (bounds.contains(whole.encode(row, 0))) {
        return row;
      }
    }
    return null;
  }

  @Override
  public void close() {
    rows.close();
  }
}
