package io.polarj.sql.result;

import io.polarj.engine.schema.ColumnType;

/**
 * A column of a result as told to the client. Names are empty where there is none. {@code flags} as
 * in the protocol.
 */
public record ResultColumn(
    String schema,
    String table,
    String originalTable,
    String name,
    String originalName,
    ColumnType type,
    int flags) {
  public static final int NOT_NULL = 1;
  public static final int PRIMARY_KEY = 2;
  public static final int UNIQUE_KEY = 4;
  public static final int MULTIPLE_KEY = 8;
  public static final int BLOB = 16;
  public static final int UNSIGNED = 32;
  public static final int ZEROFILL = 64;
  public static final int BINARY = 128;
  public static final int ENUM = 256;
  public static final int AUTO_INCREMENT = 512;
  public static final int TIMESTAMP = 1024;
  public static final int SET = 2048;
  public static final int NUMERIC = 32768;

  /** A computed column without a table. */
  public static ResultColumn of(String name, ColumnType type) {
    return new ResultColumn("", "", "", name, "", type, 0);
  }
}
