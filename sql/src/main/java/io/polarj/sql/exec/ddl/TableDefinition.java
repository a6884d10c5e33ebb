package io.polarj.sql.exec.ddl;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Statement.CreateTable;
import io.polarj.sql.ast.Statement.IndexPart;
import io.polarj.sql.ast.Statement.IndexSpec;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Checks what CREATE TABLE and CREATE INDEX say, and makes definitions of it. Stateless. */
final class TableDefinition {
  private static final int MAX_KEY_BYTES = 3072;
  private static final int MAX_ROW_BYTES = 65535;
  private static final int BYTES_PER_CHARACTER = 4;
  private static final String PRIMARY = "PRIMARY";
  private static final String HIDDEN = "GEN_CLUST_INDEX";

  private TableDefinition() {}

  static TableDef of(CreateTable create, String schema) {
    if (create.columns().isEmpty()) {
      throw SqlError.TABLE_MUST_HAVE_COLUMNS.with();
    }
    List<ColumnDef> columns = new ArrayList<>(create.columns());
    checkNames(columns);
    if (create.indexes().stream().filter(IndexSpec::primary).count() > 1) {
      throw SqlError.MULTIPLE_PRI_KEY.with();
    }
    for (IndexSpec spec : create.indexes()) {
      if (spec.primary()) {
        spec.parts().forEach(part -> makeNotNull(columns, part.column()));
      }
    }
    checkRowSize(columns);
    List<IndexDef> indexes = new ArrayList<>();
    List<IndexSpec> ordered = new ArrayList<>(create.indexes());
    ordered.sort(Comparator.comparingInt(s -> s.primary() ? 0 : s.unique() ? 1 : 2));
    for (IndexSpec spec : ordered) {
      indexes.add(index(spec, columns, indexes));
    }
    if (indexes.isEmpty() || !indexes.get(0).primary()) {
      indexes.add(0, new IndexDef(0, HIDDEN, true, true, List.of()));
    }
    checkAutoIncrement(columns, indexes);
    return new TableDef(0, 0, schema, create.name().name(), columns, indexes, create.options());
  }

  private static void checkNames(List<ColumnDef> columns) {
    Set<String> names = new HashSet<>();
    for (ColumnDef column : columns) {
      if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
        throw SqlError.DUP_FIELDNAME.with(column.name());
      }
    }
  }

  private static void makeNotNull(List<ColumnDef> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      ColumnDef c = columns.get(i);
      if (c.name().equalsIgnoreCase(name)) {
        if ("NULL".equalsIgnoreCase(c.defaultSql())) {
          throw SqlError.INVALID_DEFAULT.with(c.name());
        }
        columns.set(
            i,
            new ColumnDef(
                c.name(),
                c.type(),
                false,
                c.defaultSql(),
                c.autoIncrement(),
                c.onUpdateNow(),
                c.comment()));
      }
    }
  }

  /** {@code existing}: the table's other indexes, whose names are taken. */
  static IndexDef index(IndexSpec spec, List<ColumnDef> columns, List<IndexDef> existing) {
    List<IndexColumn> parts = new ArrayList<>();
    int bytes = 0;
    for (IndexPart part : spec.parts()) {
      int ordinal = ordinal(columns, part.column());
      ColumnDef column = columns.get(ordinal);
      if (parts.stream().anyMatch(p -> p.column() == ordinal)) {
        throw SqlError.DUP_FIELDNAME.with(column.name());
      }
      parts.add(new IndexColumn(ordinal, prefix(column, part.length())));
      bytes += keyBytes(column.type(), parts.getLast().prefixLength());
    }
    if (bytes > MAX_KEY_BYTES) {
      throw SqlError.TOO_LONG_KEY.with(MAX_KEY_BYTES);
    }
    String name =
        spec.primary()
            ? PRIMARY
            : spec.name() != null ? spec.name() : chosenName(spec, columns, existing);
    if (!spec.primary() && name.equalsIgnoreCase(PRIMARY)) {
      throw SqlError.DUP_KEYNAME.with(name);
    }
    if (existing.stream().anyMatch(i -> i.name().equalsIgnoreCase(name))) {
      throw SqlError.DUP_KEYNAME.with(name);
    }
    return new IndexDef(0, name, spec.primary(), spec.primary() || spec.unique(), parts);
  }

  private static int ordinal(List<ColumnDef> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw SqlError.KEY_COLUMN_DOES_NOT_EXIST.with(name);
  }

  private static String chosenName(
      IndexSpec spec, List<ColumnDef> columns, List<IndexDef> existing) {
    String base = columns.get(ordinal(columns, spec.parts().get(0).column())).name();
    String name = base;
    for (int i = 2; taken(name, existing); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private static boolean taken(String name, List<IndexDef> existing) {
    return existing.stream().anyMatch(i -> i.name().equalsIgnoreCase(name));
  }

  private static int prefix(ColumnDef column, int length) {
    ColumnType type = column.type();
    return switch (type.kind()) {
      case CHAR, VARCHAR, BINARY, VARBINARY -> {
        if (length > type.length()) {
          throw SqlError.WRONG_SUB_KEY.with();
        }
        yield length == type.length() ? 0 : length;
      }
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB -> {
        if (length == 0) {
          throw SqlError.BLOB_KEY_WITHOUT_LENGTH.with(column.name());
        }
        yield length;
      }
      case JSON -> throw SqlError.BLOB_USED_AS_KEY.with(column.name());
      default -> {
        if (length > 0) {
          throw SqlError.WRONG_SUB_KEY.with();
        }
        yield 0;
      }
    };
  }

  private static int keyBytes(ColumnType type, int prefix) {
    return switch (type.kind()) {
      case CHAR, VARCHAR, TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT ->
          (prefix > 0 ? prefix : type.length()) * characterBytes(type);
      case BINARY, VARBINARY, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB ->
          prefix > 0 ? prefix : type.length();
      default -> 8;
    };
  }

  private static int characterBytes(ColumnType type) {
    return type.collation() == Collation.BINARY ? 1 : BYTES_PER_CHARACTER;
  }

  private static void checkRowSize(List<ColumnDef> columns) {
    long bytes = 0;
    for (ColumnDef column : columns) {
      ColumnType type = column.type();
      bytes +=
          switch (type.kind()) {
            case CHAR, VARCHAR -> {
              long size = (long) type.length() * characterBytes(type);
              if (size > MAX_ROW_BYTES) {
                throw SqlError.TOO_BIG_FIELDLENGTH.with(
                    column.name(), MAX_ROW_BYTES / characterBytes(type));
              }
              yield size + 2;
            }
            case BINARY, VARBINARY -> type.length() + 2L;
            default -> 9;
          };
    }
    if (bytes > MAX_ROW_BYTES) {
      throw SqlError.TOO_BIG_ROWSIZE.with(MAX_ROW_BYTES);
    }
  }

  private static void checkAutoIncrement(List<ColumnDef> columns, List<IndexDef> indexes) {
    int automatic = -1;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).autoIncrement()) {
        if (automatic >= 0) {
          throw SqlError.WRONG_AUTO_KEY.with();
        }
        automatic = i;
      }
    }
    if (automatic >= 0 && !leads(indexes, automatic)) {
      throw SqlError.WRONG_AUTO_KEY.with();
    }
  }

  private static boolean leads(List<IndexDef> indexes, int column) {
    return indexes.stream()
        .anyMatch(i -> !i.columns().isEmpty() && i.columns().get(0).column() == column);
  }

  /** Whether an AUTO_INCREMENT column would be left without an index that it leads. */
  static void checkAutoIncrementWithout(TableDef table, String droppedIndex) {
    List<IndexDef> left =
        table.indexes().stream().filter(i -> !i.name().equalsIgnoreCase(droppedIndex)).toList();
    checkAutoIncrement(table.columns(), left);
  }
}
