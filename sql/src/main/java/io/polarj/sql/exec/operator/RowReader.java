package io.polarj.sql.exec.operator;

import io.polarj.engine.api.Row;

/**
 * Which columns of a stored row are decoded, and where in the operators' row they go: column c to
 * {@code offset + c}. A raw column is handed on as its stored bytes, because nothing but the client
 * reads it. With {@code handle}, the stored row itself is put in the last place, for UPDATE and
 * DELETE.
 */
public record RowReader(int width, int offset, int[] columns, boolean[] raw, boolean handle) {
  Object[] read(Row row) {
    Object[] values = new Object[width];
    readInto(row, values);
    return values;
  }

  void readInto(Row row, Object[] values) {
    for (int i = 0; i < columns.length; i++) {
      int column = columns[i];
      values[offset + column] = raw[i] ? row.getBytes(column) : row.get(column);
    }
    if (handle) {
      values[width - 1] = row;
    }
  }
}
