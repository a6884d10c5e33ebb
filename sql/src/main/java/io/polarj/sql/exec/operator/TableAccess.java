package io.polarj.sql.exec.operator;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.expr.Expr;
import java.util.Iterator;
import java.util.List;

/**
 * A way to a table's rows: an index, what of it is read, in which direction and under which locks,
 * and the condition that remains for each row. {@code table} is the ordinal of {@link
 * Execution#table}; {@code keys} null reads the whole index; {@code point}: the keys are one whole
 * key of a unique index; {@code residual} (over the row with this table's columns filled in) may be
 * null.
 */
public record TableAccess(
    int table,
    TableDef def,
    IndexDef index,
    KeyPlan keys,
    boolean point,
    boolean reverse,
    boolean indexOnly,
    ReadMode mode,
    RowReader reader,
    Expr residual,
    double estimatedRows) {

  /** Rows that match, for an outer row of a join; the outer row's values are kept in them. */
  RowSource open(Execution execution, Object[] outer) {
    if (point) {
      return new Single(get(execution, outer));
    }
    if (keys == null) {
      return new Scan(execution, outer, List.of(KeyRange.ALL));
    }
    List<KeyRange> ranges = keys.ranges(outer, execution);
    return ranges.isEmpty()
        ? RowSource.EMPTY
        : new Scan(execution, outer, reverse ? ranges.reversed() : ranges);
  }

  /** The only row of a point access, or null. */
  public Object[] get(Execution execution, Object[] outer) {
    Object[] key = keys.point(outer, execution);
    if (key == null) {
      return null;
    }
    Row row = execution.table(table).get(execution.transaction(), index, key, mode);
    return row == null ? null : read(row, outer, execution);
  }

  private Object[] read(Row row, Object[] outer, Execution execution) {
    Object[] values;
    if (outer.length == reader.width()) {
      values = outer.clone();
      reader.readInto(row, values);
    } else {
      values = reader.read(row);
    }
    return residual == null || residual.holds(values, execution) ? values : null;
  }

  /** The text EXPLAIN prints. */
  String label() {
    StringBuilder text = new StringBuilder();
    if (point) {
      text.append("Single-row index lookup on ");
    } else if (keys == null) {
      text.append(index.primary() ? "Table scan on " : "Index scan on ");
    } else {
      text.append(keys.bounded() ? "Index range scan on " : "Index lookup on ");
    }
    text.append(def.name());
    if (keys != null || !index.primary()) {
      text.append(" using ").append(index.name());
    }
    if (indexOnly && !index.primary()) {
      text.append(" (covering)");
    }
    if (reverse) {
      text.append(" (reverse)");
    }
    if (residual != null) {
      text.append(" with filter");
    }
    return text.toString();
  }

  /** At most one row. */
  private static final class Single implements RowSource {
    private Object[] row;

    Single(Object[] row) {
      this.row = row;
    }

    @Override
    public Object[] next() {
      Object[] result = row;
      row = null;
      return result;
    }

    @Override
    public void close() {}
  }

  /** Cursor after cursor over the ranges. */
  private final class Scan implements RowSource {
    private final Execution execution;
    private final Object[] outer;
    private final Iterator<KeyRange> ranges;
    private final Table source;
    private RowCursor cursor;

    Scan(Execution execution, Object[] outer, List<KeyRange> ranges) {
      this.execution = execution;
      this.outer = outer;
      this.ranges = ranges.iterator();
      this.source = execution.table(table);
    }

    @Override
    public Object[] next() {
      while (true) {
        if (cursor == null) {
          if (!ranges.hasNext()) {
            return null;
          }
          cursor =
              source.scan(execution.transaction(), index, ranges.next(), reverse, indexOnly, mode);
        }
        Row row = cursor.next();
        if (row == null) {
          cursor.close();
          cursor = null;
          continue;
        }
        execution.tick();
        Object[] values = read(row, outer, execution);
        if (values != null) {
          return values;
        }
      }
    }

    @Override
    public void close() {
      if (cursor != null) {
        cursor.close();
        cursor = null;
      }
    }
  }
}
