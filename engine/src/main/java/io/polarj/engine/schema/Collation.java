package io.polarj.engine.schema;

/**
 * How characters compare. The codecs of keys and the SQL comparisons both use {@code
 * CollationOrder} for it.
 */
public enum Collation {
  /** Bytes; for binary types. */
  BINARY("binary", 63),
  /** By code point; trailing spaces do not count (PAD SPACE), as in MySQL. */
  UTF8MB4_BIN("utf8mb4_bin", 46),
  /** Case- and accent-insensitive, trailing spaces count (NO PAD). The default. */
  UTF8MB4_0900_AI_CI("utf8mb4_0900_ai_ci", 255),
  /** Case-insensitive, trailing spaces do not count (PAD SPACE). */
  UTF8MB4_GENERAL_CI("utf8mb4_general_ci", 45);

  private final String sqlName;
  private final int id;

  Collation(String sqlName, int id) {
    this.sqlName = sqlName;
    this.id = id;
  }

  public String sqlName() {
    return sqlName;
  }

  /** MySQL's number for it, as sent in column definitions. */
  public int id() {
    return id;
  }
}
