package io.polarj.sql.catalog;

import io.polarj.engine.schema.ColumnType;
import java.util.Locale;
import java.util.stream.Collectors;

/** Column types as MySQL 8 writes them: no display width for integers, but tinyint(1). */
public final class TypeText {
  private TypeText() {}

  /** DATA_TYPE of information_schema.COLUMNS: the bare name. */
  public static String name(ColumnType type) {
    return type.kind().name().toLowerCase(Locale.ROOT);
  }

  /** COLUMN_TYPE: the name with length, scale, members and unsigned. */
  public static String full(ColumnType type) {
    String name = name(type);
    String text =
        switch (type.kind()) {
          case TINYINT -> type.length() == 1 && !type.unsigned() ? "tinyint(1)" : name;
          case DECIMAL -> "decimal(" + type.length() + "," + type.scale() + ")";
          case BIT, CHAR, VARCHAR, BINARY, VARBINARY -> name + "(" + type.length() + ")";
          case TIME, DATETIME, TIMESTAMP ->
              type.scale() > 0 ? name + "(" + type.scale() + ")" : name;
          case ENUM, SET ->
              type.members().stream()
                  .map(TypeText::quote)
                  .collect(Collectors.joining(",", name + "(", ")"));
          default -> name;
        };
    return type.unsigned() ? text + " unsigned" : text;
  }

  /** A string literal. */
  static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
