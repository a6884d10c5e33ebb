package io.polarj.sql.catalog;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table described as MySQL describes it: SHOW CREATE TABLE, SHOW COLUMNS, SHOW INDEX. */
public final class TableDescription {
  private TableDescription() {}

  /** The statement that would make the table; {@code nextAutoIncrement} 0 or 1 is left out. */
  public static String createTable(TableDef table, long nextAutoIncrement) {
    List<String> lines = new ArrayList<>();
    for (ColumnDef column : table.columns()) {
      lines.add("  " + columnLine(column));
    }
    for (IndexDef index : table.indexes()) {
      if (!index.columns().isEmpty()) {
        lines.add("  " + indexLine(table, index));
      }
    }
    StringBuilder text = new StringBuilder("CREATE TABLE ").append(name(table.name()));
    text.append(" (\n").append(String.join(",\n", lines)).append("\n) ENGINE=InnoDB");
    if (nextAutoIncrement > 1) {
      text.append(" AUTO_INCREMENT=").append(nextAutoIncrement);
    }
    text.append(" DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci");
    String comment = table.options().getOrDefault("COMMENT", "");
    if (!comment.isEmpty()) {
      text.append(" COMMENT=").append(TypeText.quote(comment));
    }
    return text.toString();
  }

  private static String columnLine(ColumnDef column) {
    StringBuilder line = new StringBuilder(name(column.name())).append(' ');
    line.append(TypeText.full(column.type()));
    if (hasOtherCollation(column.type()) && column.type().kind() != TypeKind.JSON) {
      line.append(" CHARACTER SET utf8mb4 COLLATE ").append(column.type().collation().sqlName());
    }
    if (!column.nullable()) {
      line.append(" NOT NULL");
    }
    if (column.defaultSql() != null) {
      line.append(" DEFAULT ").append(column.defaultSql());
    } else if (column.nullable() && takesDefault(column.type())) {
      line.append(" DEFAULT NULL");
    }
    if (column.onUpdateNow()) {
      line.append(" ON UPDATE CURRENT_TIMESTAMP");
      if (column.type().scale() > 0) {
        line.append('(').append(column.type().scale()).append(')');
      }
    }
    if (column.autoIncrement()) {
      line.append(" AUTO_INCREMENT");
    }
    if (!column.comment().isEmpty()) {
      line.append(" COMMENT ").append(TypeText.quote(column.comment()));
    }
    return line.toString();
  }

  private static boolean hasOtherCollation(ColumnType type) {
    return type.collation() != null
        && type.collation() != Collation.BINARY
        && type.collation() != Collation.UTF8MB4_0900_AI_CI;
  }

  private static boolean takesDefault(ColumnType type) {
    return switch (type.kind()) {
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB, JSON ->
          false;
      default -> true;
    };
  }

  private static String indexLine(TableDef table, IndexDef index) {
    StringBuilder line = new StringBuilder();
    if (index.primary()) {
      line.append("PRIMARY KEY");
    } else {
      line.append(index.unique() ? "UNIQUE KEY " : "KEY ").append(name(index.name()));
    }
    line.append(" (");
    for (int i = 0; i < index.columns().size(); i++) {
      IndexColumn part = index.columns().get(i);
      line.append(i == 0 ? "" : ",").append(name(table.columns().get(part.column()).name()));
      if (part.prefixLength() > 0) {
        line.append('(').append(part.prefixLength()).append(')');
      }
    }
    return line.append(')').toString();
  }

  private static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /**
   * Rows of SHOW [FULL] COLUMNS: Field, Type, [Collation,] Null, Key, Default, Extra [, Privileges,
   * Comment].
   */
  public static List<Object[]> columns(TableDef table, boolean full) {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDef column = table.columns().get(i);
      List<Object> row = new ArrayList<>();
      row.add(column.name());
      row.add(TypeText.full(column.type()));
      if (full) {
        row.add(collationName(column.type()));
      }
      row.add(column.nullable() ? "YES" : "NO");
      row.add(key(table, i));
      row.add(defaultValue(column));
      row.add(extra(column));
      if (full) {
        row.add("select,insert,update,references");
        row.add(column.comment());
      }
      rows.add(row.toArray());
    }
    return rows;
  }

  /** The collation of a character column, else null. */
  static String collationName(ColumnType type) {
    return type.collation() == null || type.collation() == Collation.BINARY
        ? null
        : type.collation().sqlName();
  }

  /** PRI, UNI, MUL or empty. */
  static String key(TableDef table, int column) {
    String key = "";
    for (IndexDef index : table.indexes()) {
      for (int i = 0; i < index.columns().size(); i++) {
        if (index.columns().get(i).column() != column) {
          continue;
        }
        if (index.primary()) {
          return "PRI";
        }
        if (i == 0) {
          boolean alone = index.unique() && index.columns().size() == 1;
          key = alone ? "UNI" : key.isEmpty() ? "MUL" : key;
        }
      }
    }
    return key;
  }

  /**
   * The default as information_schema shows it: a string without quotes, an expression as it
   * stands, or null.
   */
  static String defaultValue(ColumnDef column) {
    String sql = column.defaultSql();
    if (sql == null || sql.equalsIgnoreCase("NULL")) {
      return null;
    }
    if (sql.length() >= 2 && sql.startsWith("'") && sql.endsWith("'")) {
      return sql.substring(1, sql.length() - 1).replace("''", "'").replace("\\\\", "\\");
    }
    return sql;
  }

  static String extra(ColumnDef column) {
    List<String> words = new ArrayList<>();
    if (column.autoIncrement()) {
      words.add("auto_increment");
    }
    boolean generated =
        column.defaultSql() != null
            && column.defaultSql().toUpperCase(Locale.ROOT).startsWith("CURRENT_TIMESTAMP");
    if (generated) {
      words.add("DEFAULT_GENERATED");
    }
    if (column.onUpdateNow()) {
      words.add("on update CURRENT_TIMESTAMP");
    }
    return String.join(" ", words);
  }

  /** Rows of SHOW INDEX, in its 15 columns. */
  public static List<Object[]> indexes(TableDef table) {
    List<Object[]> rows = new ArrayList<>();
    for (IndexDef index : table.indexes()) {
      for (int i = 0; i < index.columns().size(); i++) {
        IndexColumn part = index.columns().get(i);
        ColumnDef column = table.columns().get(part.column());
        rows.add(
            new Object[] {
              table.name(),
              index.unique() ? 0L : 1L,
              index.primary() ? "PRIMARY" : index.name(),
              i + 1L,
              column.name(),
              "A",
              null,
              part.prefixLength() > 0 ? (long) part.prefixLength() : null,
              null,
              column.nullable() ? "YES" : "",
              "BTREE",
              "",
              "",
              "YES",
              null
            });
      }
    }
    return rows;
  }
}
