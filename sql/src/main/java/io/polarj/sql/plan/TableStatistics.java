package io.polarj.sql.plan;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of a table while a statement is planned. How many rows share a key is taken from a
 * sample: the keys at both ends of the index.
 */
final class TableStatistics {
  private record Part(long index, int columns) {}

  private final PlanContext context;
  private final Table table;
  private final Map<Part, Double> rowsPerKey = new HashMap<>();
  private double rows = -1;

  TableStatistics(PlanContext context, Table table) {
    this.context = context;
    this.table = table;
  }

  double rows() {
    if (rows < 0) {
      rows = Math.max(1, table.rowCountEstimate());
    }
    return rows;
  }

  double rows(IndexDef index, List<KeyRange> ranges) {
    double sum = 0;
    for (KeyRange range : ranges) {
      sum += table.rangeEstimate(index, range);
    }
    return sum;
  }

  /** The rows with the same values in the first columns of the index, on the average. */
  double rowsPerKey(IndexDef index, int columns) {
    if (index.unique() && columns == index.columns().size()) {
      return 1;
    }
    return rowsPerKey.computeIfAbsent(
        new Part(index.id(), columns),
        part -> {
          Object[] first = sample(index, columns, false);
          Object[] last = sample(index, columns, true);
          if (first == null || last == null) {
            return 1.0;
          }
          double a = table.rangeEstimate(index, KeyRange.prefix(first));
          double b = table.rangeEstimate(index, KeyRange.prefix(last));
          return Math.max(1, (a + b) / 2);
        });
  }

  private Object[] sample(IndexDef index, int columns, boolean reverse) {
    try (RowCursor cursor =
        table.scan(
            context.peek().transaction(), index, KeyRange.ALL, reverse, true, ReadMode.SNAPSHOT)) {
      Row row = cursor.next();
      if (row == null) {
        return null;
      }
      Object[] key = new Object[columns];
      for (int i = 0; i < columns; i++) {
        IndexColumn part = index.columns().get(i);
        key[i] = part.prefixLength() > 0 ? null : row.get(part.column());
      }
      return key;
    }
  }
}
