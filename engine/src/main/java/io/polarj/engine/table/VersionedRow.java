package io.polarj.engine.table;

import io.polarj.engine.api.Row;

/** A row version with its clustered key, so that it can be changed. Immutable. */
final class VersionedRow implements Row {
  private final byte[] key;
  private final byte[] version;
  private final Row columns;

  VersionedRow(TableData table, byte[] key, byte[] version) {
    this.key = key;
    this.version = version;
    this.columns = table.rows().row(version, Version.HEADER);
  }

  byte[] key() {
    return key;
  }

  byte[] version() {
    return version;
  }

  @Override
  public int columns() {
    return columns.columns();
  }

  @Override
  public boolean isNull(int column) {
    return columns.isNull(column);
  }

  @Override
  public Object get(int column) {
    return columns.get(column);
  }

  @Override
  public long getLong(int column) {
    return columns.getLong(column);
  }

  @Override
  public byte[] getBytes(int column) {
    return columns.getBytes(column);
  }
}
