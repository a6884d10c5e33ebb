package io.polarj.sql.exec.memory;

import io.polarj.engine.schema.ColumnType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** The classes that {@link io.polarj.engine.schema.TypeKind} promises. */
final class ValueClasses {
  private ValueClasses() {}

  static boolean matches(ColumnType type, Object value) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, BIT, YEAR -> value instanceof Long;
      case DECIMAL -> value instanceof BigDecimal d && d.scale() == type.scale();
      case FLOAT -> value instanceof Float;
      case DOUBLE -> value instanceof Double;
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, ENUM, SET, JSON ->
          value instanceof String;
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> value instanceof byte[];
      case DATE -> value instanceof LocalDate;
      case TIME -> value instanceof Duration;
      case DATETIME, TIMESTAMP -> value instanceof LocalDateTime;
    };
  }
}
