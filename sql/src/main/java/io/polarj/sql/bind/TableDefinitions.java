package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Makes checked definitions of CREATE TABLE and CREATE INDEX. */
public final class TableDefinitions {
  private TableDefinitions() {}

  /** The definition with ids 0; the primary index is first, hidden when none was written. */
  public static TableDef define(Statement.CreateTable statement, String schema) {
    if (statement.columns().isEmpty()) {
      throw SqlError.TABLE_MUST_HAVE_COLUMNS.with();
    }
    List<ColumnDef> columns = new ArrayList<>(statement.columns());
    Set<String> names = new TreeSet<>();
    for (ColumnDef column : columns) {
      if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
        throw SqlError.DUP_FIELDNAME.with(column.name());
      }
      if (column.onUpdateNow()
          && column.type().kind() != TypeKind.TIMESTAMP
          && column.type().kind() != TypeKind.DATETIME) {
        throw SqlError.UNKNOWN.with("Invalid ON UPDATE clause for '" + column.name() + "' column");
      }
    }
    IndexDef primary = null;
    List<IndexDef> secondary = new ArrayList<>();
    for (Statement.IndexSpec spec : statement.indexes()) {
      if (spec.primary()) {
        if (primary != null) {
          throw SqlError.MULTIPLE_PRI_KEY.with();
        }
        primary = index(spec, "PRIMARY", columns);
        for (IndexColumn part : primary.columns()) {
          columns.set(part.column(), notNull(columns.get(part.column())));
        }
      } else {
        secondary.add(index(spec, indexName(spec, secondary), columns));
      }
    }
    List<IndexDef> indexes = new ArrayList<>();
    indexes.add(primary == null ? new IndexDef(0, "PRIMARY", true, true, List.of()) : primary);
    indexes.addAll(secondary);
    checkAutoIncrement(columns, indexes);
    return new TableDef(
        0, 0, schema, statement.name().name(), columns, indexes, statement.options());
  }

  /** An index to add to a table. */
  public static IndexDef index(Statement.IndexSpec spec, TableDef table) {
    String name = spec.primary() ? "PRIMARY" : indexName(spec, table.indexes());
    return index(spec, name, table.columns());
  }

  private static String indexName(Statement.IndexSpec spec, List<IndexDef> others) {
    if (spec.name() != null) {
      if (spec.name().equalsIgnoreCase("PRIMARY")) {
        throw SqlError.UNKNOWN.with("Incorrect index name '" + spec.name() + "'");
      }
      if (taken(others, spec.name())) {
        throw SqlError.DUP_KEYNAME.with(spec.name());
      }
      return spec.name();
    }
    String base = spec.parts().get(0).column();
    String name = base;
    for (int i = 2; taken(others, name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private static boolean taken(List<IndexDef> others, String name) {
    return others.stream().anyMatch(index -> index.name().equalsIgnoreCase(name));
  }

  private static IndexDef index(Statement.IndexSpec spec, String name, List<ColumnDef> columns) {
    List<IndexColumn> parts = new ArrayList<>();
    for (Statement.IndexPart part : spec.parts()) {
      int ordinal = ordinal(columns, part.column());
      ColumnDef column = columns.get(ordinal);
      if (parts.stream().anyMatch(p -> p.column() == ordinal)) {
        throw SqlError.DUP_FIELDNAME.with(column.name());
      }
      parts.add(new IndexColumn(ordinal, prefix(column, part.length())));
    }
    return new IndexDef(0, name, spec.primary(), spec.unique(), parts);
  }

  private static int prefix(ColumnDef column, int length) {
    switch (column.type().kind()) {
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> {
        if (length == 0) {
          throw SqlError.BLOB_KEY_WITHOUT_LENGTH.with(column.name());
        }
        return length;
      }
      case JSON -> throw SqlError.BLOB_USED_AS_KEY.with(column.name());
      case CHAR, VARCHAR, BINARY, VARBINARY -> {
        return length >= column.type().length() ? 0 : length;
      }
      default -> {
        if (length > 0) {
          throw SqlError.UNKNOWN.with(
              "Incorrect prefix key; the used key part isn't a string, the used length is longer than"
                  + " the key part, or the storage engine doesn't support unique prefix keys");
        }
        return 0;
      }
    }
  }

  private static int ordinal(List<ColumnDef> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw SqlError.KEY_COLUMN_DOES_NOT_EXIST.with(name);
  }

  private static ColumnDef notNull(ColumnDef c) {
    return new ColumnDef(
        c.name(), c.type(), false, c.defaultSql(), c.autoIncrement(), c.onUpdateNow(), c.comment());
  }

  private static void checkAutoIncrement(List<ColumnDef> columns, List<IndexDef> indexes) {
    int found = 0;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).autoIncrement()) {
        int column = i;
        found++;
        boolean key =
            indexes.stream()
                .anyMatch(x -> !x.columns().isEmpty() && x.columns().get(0).column() == column);
        if (!key || found > 1) {
          throw SqlError.WRONG_AUTO_KEY.with();
        }
        if (columns.get(i).defaultSql() != null) {
          throw SqlError.INVALID_DEFAULT.with(columns.get(i).name());
        }
      }
    }
  }
}
