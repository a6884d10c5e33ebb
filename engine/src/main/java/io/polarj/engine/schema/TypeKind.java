package io.polarj.engine.schema;

/**
 * The column types and the Java class that holds a value of each: {@code Long} for integers, YEAR
 * and BIT (an unsigned BIGINT or BIT(64) as its 64 bits), {@code java.math.BigDecimal} for DECIMAL
 * (with the column's scale), {@code Float}, {@code Double}, {@code String} for characters, ENUM,
 * SET and JSON, {@code byte[]} for binaries, {@code java.time.LocalDate}, {@code
 * java.time.Duration} for TIME, {@code java.time.LocalDateTime} for DATETIME and (in UTC)
 * TIMESTAMP. SQL NULL is {@code null}.
 */
public enum TypeKind {
  TINYINT,
  SMALLINT,
  MEDIUMINT,
  INT,
  BIGINT,
  DECIMAL,
  FLOAT,
  DOUBLE,
  BIT,
  YEAR,
  CHAR,
  VARCHAR,
  TINYTEXT,
  TEXT,
  MEDIUMTEXT,
  LONGTEXT,
  ENUM,
  SET,
  JSON,
  BINARY,
  VARBINARY,
  TINYBLOB,
  BLOB,
  MEDIUMBLOB,
  LONGBLOB,
  DATE,
  TIME,
  DATETIME,
  TIMESTAMP
}
