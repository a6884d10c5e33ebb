package io.polarj.sql.protocol;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.result.ResultColumn;

/** Column types as the protocol numbers them. */
final class FieldType {
  static final int DECIMAL = 0;
  static final int TINY = 1;
  static final int SHORT = 2;
  static final int LONG = 3;
  static final int FLOAT = 4;
  static final int DOUBLE = 5;
  static final int NULL = 6;
  static final int TIMESTAMP = 7;
  static final int LONGLONG = 8;
  static final int INT24 = 9;
  static final int DATE = 10;
  static final int TIME = 11;
  static final int DATETIME = 12;
  static final int YEAR = 13;
  static final int VARCHAR = 15;
  static final int BIT = 16;
  static final int JSON = 245;
  static final int NEWDECIMAL = 246;
  static final int ENUM = 247;
  static final int SET = 248;
  static final int TINY_BLOB = 249;
  static final int MEDIUM_BLOB = 250;
  static final int LONG_BLOB = 251;
  static final int BLOB = 252;
  static final int VAR_STRING = 253;
  static final int STRING = 254;

  private static final int UTF8MB4_BYTES = 4;

  private FieldType() {}

  static int of(TypeKind kind) {
    return switch (kind) {
      case TINYINT -> TINY;
      case SMALLINT -> SHORT;
      case MEDIUMINT -> INT24;
      case INT -> LONG;
      case BIGINT -> LONGLONG;
      case DECIMAL -> NEWDECIMAL;
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case BIT -> BIT;
      case YEAR -> YEAR;
      case CHAR, BINARY, ENUM, SET -> STRING;
      case VARCHAR, VARBINARY -> VAR_STRING;
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> BLOB;
      case JSON -> JSON;
      case DATE -> DATE;
      case TIME -> TIME;
      case DATETIME -> DATETIME;
      case TIMESTAMP -> TIMESTAMP;
    };
  }

  /** Whether values are characters, sent in the connection's character set. */
  static boolean isText(TypeKind kind) {
    return switch (kind) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, ENUM, SET, JSON -> true;
      default -> false;
    };
  }

  private static boolean isNumber(TypeKind kind) {
    return kind.ordinal() <= TypeKind.YEAR.ordinal() && kind != TypeKind.BIT;
  }

  static int charset(ColumnType type) {
    if (!isText(type.kind())) {
      return Collation.BINARY.id();
    }
    Collation collation =
        type.collation() == null || type.collation() == Collation.BINARY
            ? Collation.UTF8MB4_0900_AI_CI
            : type.collation();
    return collation.id();
  }

  /** The longest value in bytes, as clients size their buffers by. */
  static long displayBytes(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT -> type.length() > 0 ? type.length() : 4;
      case SMALLINT -> type.length() > 0 ? type.length() : 6;
      case MEDIUMINT -> type.length() > 0 ? type.length() : 9;
      case INT -> type.length() > 0 ? type.length() : 11;
      case BIGINT -> type.length() > 0 ? type.length() : 20;
      case DECIMAL -> type.length() + (type.scale() > 0 ? 1 : 0) + (type.unsigned() ? 0 : 1);
      case FLOAT -> 12;
      case DOUBLE -> 22;
      case BIT -> type.length();
      case YEAR -> 4;
      case CHAR, VARCHAR -> (long) type.length() * UTF8MB4_BYTES;
      case BINARY, VARBINARY -> type.length();
      case TINYTEXT, TINYBLOB -> 255;
      case TEXT, BLOB -> 65535;
      case MEDIUMTEXT, MEDIUMBLOB -> 16777215;
      case LONGTEXT, LONGBLOB, JSON -> 4294967295L;
      case ENUM -> type.members().stream().mapToInt(String::length).max().orElse(0) * 4L;
      case SET -> type.members().stream().mapToInt(m -> m.length() + 1).sum() * 4L;
      case DATE -> 10;
      case TIME -> 10 + (type.scale() > 0 ? type.scale() + 1 : 0);
      case DATETIME, TIMESTAMP -> 19 + (type.scale() > 0 ? type.scale() + 1 : 0);
    };
  }

  static int decimals(ColumnType type) {
    return switch (type.kind()) {
      case DECIMAL, TIME, DATETIME, TIMESTAMP -> type.scale();
      case FLOAT, DOUBLE -> 31;
      default -> 0;
    };
  }

  static int flags(ResultColumn column) {
    ColumnType type = column.type();
    int flags = column.flags();
    if (type.unsigned()) {
      flags |= ResultColumn.UNSIGNED;
    }
    if (isNumber(type.kind())) {
      flags |= ResultColumn.NUMERIC;
    }
    return switch (type.kind()) {
      // bytes to clients: mariadb-dump does not quote what it is told are numbers
      case BIT -> (flags | ResultColumn.UNSIGNED) & ~(ResultColumn.NUMERIC | ResultColumn.BINARY);
      case ENUM -> flags | ResultColumn.ENUM;
      case SET -> flags | ResultColumn.SET;
      case TIMESTAMP -> flags | ResultColumn.TIMESTAMP | ResultColumn.BINARY;
      case BINARY, VARBINARY, DATE, TIME, DATETIME -> flags | ResultColumn.BINARY;
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT -> flags | ResultColumn.BLOB;
      case TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB, JSON ->
          flags | ResultColumn.BLOB | ResultColumn.BINARY;
      default -> flags;
    };
  }
}
