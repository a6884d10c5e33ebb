package io.polarj.sql.exec;

import io.polarj.engine.schema.ColumnType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;

/** What a NOT NULL column without a default gets outside of strict mode. */
final class ImplicitDefault {
  private ImplicitDefault() {}

  static Object of(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, BIT, YEAR -> 0L;
      case DECIMAL -> BigDecimal.ZERO.setScale(type.scale());
      case FLOAT -> 0f;
      case DOUBLE -> 0d;
      case ENUM -> type.members().get(0);
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, SET, JSON -> "";
      case BINARY -> new byte[type.length()];
      case VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> new byte[0];
      // There is no year 0 in the stored form; the epoch stands for MySQL's zero date.
      case DATE -> LocalDate.EPOCH;
      case TIME -> Duration.ZERO;
      case DATETIME, TIMESTAMP -> LocalDate.EPOCH.atStartOfDay();
    };
  }
}
