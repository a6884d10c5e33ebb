package io.polarj.sql.exec.memory;

import io.polarj.engine.api.Row;
import java.nio.charset.StandardCharsets;

/** A row of the in-memory engine. {@code id} orders rows of a table without a primary key. */
record MemoryRow(Object[] values, long id) implements Row {
  @Override
  public int columns() {
    return values.length;
  }

  @Override
  public boolean isNull(int column) {
    return values[column] == null;
  }

  @Override
  public Object get(int column) {
    return values[column];
  }

  @Override
  public long getLong(int column) {
    return (Long) values[column];
  }

  @Override
  public byte[] getBytes(int column) {
    Object value = values[column];
    return value instanceof String s ? s.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
  }
}
