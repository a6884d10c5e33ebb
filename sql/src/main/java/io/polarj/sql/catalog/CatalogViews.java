package io.polarj.sql.catalog;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Tables of information_schema that tell of schemas, tables, columns and keys. */
final class CatalogViews {
  private static final String CATALOG = "def";
  private static final int BYTES_PER_CHARACTER = 4;

  private final Catalog catalog;
  private final Supplier<List<TableDef>> virtualTables;

  CatalogViews(Catalog catalog, Supplier<List<TableDef>> virtualTables) {
    this.catalog = catalog;
    this.virtualTables = virtualTables;
  }

  List<VirtualTable> tables() {
    List<VirtualTable> tables = new ArrayList<>();
    tables.add(
        VirtualTable.named("SCHEMATA")
            .text(
                "CATALOG_NAME",
                "SCHEMA_NAME",
                "DEFAULT_CHARACTER_SET_NAME",
                "DEFAULT_COLLATION_NAME",
                "SQL_PATH",
                "DEFAULT_ENCRYPTION")
            .rows(s -> schemata()));
    tables.add(tablesTable());
    tables.add(columnsTable());
    tables.add(statisticsTable());
    tables.add(
        VirtualTable.named("KEY_COLUMN_USAGE")
            .text(
                "CONSTRAINT_CATALOG",
                "CONSTRAINT_SCHEMA",
                "CONSTRAINT_NAME",
                "TABLE_CATALOG",
                "TABLE_SCHEMA",
                "TABLE_NAME",
                "COLUMN_NAME")
            .number("ORDINAL_POSITION", "POSITION_IN_UNIQUE_CONSTRAINT")
            .text("REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME", "REFERENCED_COLUMN_NAME")
            .rows(s -> keyColumns()));
    tables.add(
        VirtualTable.named("TABLE_CONSTRAINTS")
            .text(
                "CONSTRAINT_CATALOG",
                "CONSTRAINT_SCHEMA",
                "CONSTRAINT_NAME",
                "TABLE_SCHEMA",
                "TABLE_NAME",
                "CONSTRAINT_TYPE",
                "ENFORCED")
            .rows(s -> constraints()));
    tables.addAll(emptyTables());
    return tables;
  }

  private VirtualTable tablesTable() {
    return VirtualTable.named("TABLES")
        .text("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ENGINE")
        .number("VERSION")
        .text("ROW_FORMAT")
        .number(
            "TABLE_ROWS",
            "AVG_ROW_LENGTH",
            "DATA_LENGTH",
            "MAX_DATA_LENGTH",
            "INDEX_LENGTH",
            "DATA_FREE",
            "AUTO_INCREMENT")
        .time("CREATE_TIME", "UPDATE_TIME", "CHECK_TIME")
        .text("TABLE_COLLATION")
        .number("CHECKSUM")
        .text("CREATE_OPTIONS", "TABLE_COMMENT")
        .rows(s -> tableRows());
  }

  private VirtualTable columnsTable() {
    return VirtualTable.named("COLUMNS")
        .text("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME")
        .number("ORDINAL_POSITION")
        .longText("COLUMN_DEFAULT")
        .text("IS_NULLABLE", "DATA_TYPE")
        .number(
            "CHARACTER_MAXIMUM_LENGTH",
            "CHARACTER_OCTET_LENGTH",
            "NUMERIC_PRECISION",
            "NUMERIC_SCALE",
            "DATETIME_PRECISION")
        .text("CHARACTER_SET_NAME", "COLLATION_NAME")
        .longText("COLUMN_TYPE")
        .text("COLUMN_KEY", "EXTRA", "PRIVILEGES", "COLUMN_COMMENT")
        .longText("GENERATION_EXPRESSION")
        .number("SRS_ID")
        .rows(s -> columnRows());
  }

  private VirtualTable statisticsTable() {
    return VirtualTable.named("STATISTICS")
        .text("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME")
        .number("NON_UNIQUE")
        .text("INDEX_SCHEMA", "INDEX_NAME")
        .number("SEQ_IN_INDEX")
        .text("COLUMN_NAME", "COLLATION")
        .number("CARDINALITY", "SUB_PART")
        .text(
            "PACKED",
            "NULLABLE",
            "INDEX_TYPE",
            "COMMENT",
            "INDEX_COMMENT",
            "IS_VISIBLE",
            "EXPRESSION")
        .rows(s -> statistics());
  }

  private static List<VirtualTable> emptyTables() {
    return List.of(
        VirtualTable.named("REFERENTIAL_CONSTRAINTS")
            .text(
                "CONSTRAINT_CATALOG",
                "CONSTRAINT_SCHEMA",
                "CONSTRAINT_NAME",
                "UNIQUE_CONSTRAINT_CATALOG",
                "UNIQUE_CONSTRAINT_SCHEMA",
                "UNIQUE_CONSTRAINT_NAME",
                "MATCH_OPTION",
                "UPDATE_RULE",
                "DELETE_RULE",
                "TABLE_NAME",
                "REFERENCED_TABLE_NAME")
            .empty(),
        VirtualTable.named("CHECK_CONSTRAINTS")
            .text("CONSTRAINT_CATALOG", "CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "CHECK_CLAUSE")
            .empty(),
        VirtualTable.named("VIEWS")
            .text("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME")
            .longText("VIEW_DEFINITION")
            .text(
                "CHECK_OPTION",
                "IS_UPDATABLE",
                "DEFINER",
                "SECURITY_TYPE",
                "CHARACTER_SET_CLIENT",
                "COLLATION_CONNECTION")
            .empty(),
        routines(),
        VirtualTable.named("PARAMETERS")
            .text("SPECIFIC_CATALOG", "SPECIFIC_SCHEMA", "SPECIFIC_NAME")
            .number("ORDINAL_POSITION")
            .text("PARAMETER_MODE", "PARAMETER_NAME", "DATA_TYPE")
            .number(
                "CHARACTER_MAXIMUM_LENGTH",
                "CHARACTER_OCTET_LENGTH",
                "NUMERIC_PRECISION",
                "NUMERIC_SCALE",
                "DATETIME_PRECISION")
            .text("CHARACTER_SET_NAME", "COLLATION_NAME", "DTD_IDENTIFIER", "ROUTINE_TYPE")
            .empty(),
        VirtualTable.named("TRIGGERS")
            .text(
                "TRIGGER_CATALOG",
                "TRIGGER_SCHEMA",
                "TRIGGER_NAME",
                "EVENT_MANIPULATION",
                "EVENT_OBJECT_CATALOG",
                "EVENT_OBJECT_SCHEMA",
                "EVENT_OBJECT_TABLE")
            .number("ACTION_ORDER")
            .longText("ACTION_STATEMENT")
            .text("ACTION_TIMING")
            .time("CREATED")
            .text("SQL_MODE", "DEFINER")
            .empty(),
        VirtualTable.named("EVENTS")
            .text("EVENT_CATALOG", "EVENT_SCHEMA", "EVENT_NAME", "DEFINER", "STATUS")
            .empty(),
        VirtualTable.named("FILES")
            .number("FILE_ID")
            .text(
                "FILE_NAME",
                "FILE_TYPE",
                "TABLESPACE_NAME",
                "TABLE_SCHEMA",
                "TABLE_NAME",
                "LOGFILE_GROUP_NAME",
                "ENGINE",
                "EXTRA")
            .number("TOTAL_EXTENTS", "INITIAL_SIZE", "EXTENT_SIZE")
            .empty(),
        VirtualTable.named("PARTITIONS")
            .text("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "PARTITION_NAME")
            .number("PARTITION_ORDINAL_POSITION")
            .text("PARTITION_METHOD")
            .empty(),
        VirtualTable.named("TABLE_PRIVILEGES")
            .text("GRANTEE", "TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "PRIVILEGE_TYPE")
            .text("IS_GRANTABLE")
            .empty(),
        VirtualTable.named("COLUMN_PRIVILEGES")
            .text("GRANTEE", "TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME")
            .text("PRIVILEGE_TYPE", "IS_GRANTABLE")
            .empty());
  }

  private static VirtualTable routines() {
    return VirtualTable.named("ROUTINES")
        .text(
            "SPECIFIC_NAME",
            "ROUTINE_CATALOG",
            "ROUTINE_SCHEMA",
            "ROUTINE_NAME",
            "ROUTINE_TYPE",
            "DATA_TYPE")
        .number(
            "CHARACTER_MAXIMUM_LENGTH",
            "CHARACTER_OCTET_LENGTH",
            "NUMERIC_PRECISION",
            "NUMERIC_SCALE",
            "DATETIME_PRECISION")
        .text("CHARACTER_SET_NAME", "COLLATION_NAME", "DTD_IDENTIFIER", "ROUTINE_BODY")
        .longText("ROUTINE_DEFINITION")
        .text(
            "EXTERNAL_NAME",
            "EXTERNAL_LANGUAGE",
            "PARAMETER_STYLE",
            "IS_DETERMINISTIC",
            "SQL_DATA_ACCESS",
            "SQL_PATH",
            "SECURITY_TYPE")
        .time("CREATED", "LAST_ALTERED")
        .text("SQL_MODE", "ROUTINE_COMMENT", "DEFINER")
        .empty();
  }

  private List<Object[]> schemata() {
    TreeSet<String> names = new TreeSet<>(SystemSchemas.names());
    names.addAll(catalog.schemas());
    List<Object[]> rows = new ArrayList<>();
    for (String name : names) {
      rows.add(new Object[] {CATALOG, name, "utf8mb4", "utf8mb4_0900_ai_ci", null, "NO"});
    }
    return rows;
  }

  private void eachTable(BiConsumer<TableDef, Boolean> consumer) {
    virtualTables.get().forEach(table -> consumer.accept(table, true));
    for (String schema : catalog.schemas()) {
      catalog.tables(schema).forEach(table -> consumer.accept(table, false));
    }
  }

  private List<Object[]> tableRows() {
    List<Object[]> rows = new ArrayList<>();
    eachTable((table, virtual) -> {
      Map<String, String> options = table.options();
      rows.add(
          new Object[] {
            CATALOG,
            table.schema(),
            table.name(),
            virtual ? "SYSTEM VIEW" : "BASE TABLE",
            virtual ? null : "InnoDB",
            10L,
            virtual ? null : "Dynamic",
            virtual ? 0L : null,
            0L,
            0L,
            0L,
            0L,
            0L,
            null,
            null,
            null,
            null,
            "utf8mb4_0900_ai_ci",
            null,
            "",
            options.getOrDefault("COMMENT", "")
          });
    });
    return rows;
  }

  private List<Object[]> columnRows() {
    List<Object[]> rows = new ArrayList<>();
    eachTable((table, virtual) -> {
      for (int i = 0; i < table.columns().size(); i++) {
        rows.add(columnRow(table, i));
      }
    });
    return rows;
  }

  private static Object[] columnRow(TableDef table, int ordinal) {
    ColumnDef column = table.columns().get(ordinal);
    ColumnType type = column.type();
    boolean string = MySqlTypes.isString(type);
    boolean binary = MySqlTypes.isBinary(type);
    Long characters = string && type.kind() != TypeKind.JSON ? (Long) characters(type) : null;
    Long octets =
        characters == null || binary || isText(type)
            ? characters
            : (Long) (characters * BYTES_PER_CHARACTER);
    boolean temporal = MySqlTypes.isTemporal(type) && type.kind() != TypeKind.DATE;
    boolean scaled =
        MySqlTypes.isInteger(type) && type.kind() != TypeKind.BIT
            || type.kind() == TypeKind.DECIMAL;
    return new Object[] {
      CATALOG,
      table.schema(),
      table.name(),
      column.name(),
      ordinal + 1L,
      TableDescription.defaultValue(column),
      column.nullable() ? "YES" : "NO",
      TypeText.name(type),
      characters,
      octets,
      precision(type),
      scaled ? (Long) (long) type.scale() : null,
      temporal ? (Long) (long) type.scale() : null,
      string && !binary ? "utf8mb4" : null,
      TableDescription.collationName(type),
      TypeText.full(type),
      TableDescription.key(table, ordinal),
      TableDescription.extra(column),
      "select,insert,update,references",
      column.comment(),
      "",
      null
    };
  }

  private static boolean isText(ColumnType type) {
    return switch (type.kind()) {
      case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT -> true;
      default -> false;
    };
  }

  private static Long characters(ColumnType type) {
    return switch (type.kind()) {
      case LONGTEXT, LONGBLOB -> 4294967295L;
      default -> (long) MySqlTypes.length(type);
    };
  }

  private static Long precision(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT -> 3L;
      case SMALLINT -> 5L;
      case MEDIUMINT -> 7L;
      case INT -> 10L;
      case BIGINT -> type.unsigned() ? 20L : 19L;
      case DECIMAL, BIT -> (long) type.length();
      case FLOAT -> 12L;
      case DOUBLE -> 22L;
      default -> null;
    };
  }

  private interface IndexPart {
    void accept(TableDef table, IndexDef index, int position);
  }

  private void eachIndexPart(IndexPart consumer) {
    eachTable((table, virtual) -> {
      for (IndexDef index : table.indexes()) {
        for (int i = 0; i < index.columns().size(); i++) {
          consumer.accept(table, index, i);
        }
      }
    });
  }

  private static String name(IndexDef index) {
    return index.primary() ? "PRIMARY" : index.name();
  }

  private List<Object[]> statistics() {
    List<Object[]> rows = new ArrayList<>();
    eachIndexPart((table, index, position) -> {
      IndexColumn part = index.columns().get(position);
      ColumnDef column = table.columns().get(part.column());
      rows.add(
          new Object[] {
            CATALOG,
            table.schema(),
            table.name(),
            index.unique() ? 0L : 1L,
            table.schema(),
            name(index),
            position + 1L,
            column.name(),
            "A",
            null,
            part.prefixLength() > 0 ? (Long) (long) part.prefixLength() : null,
            null,
            column.nullable() ? "YES" : "",
            "BTREE",
            "",
            "",
            "YES",
            null
          });
    });
    return rows;
  }

  private List<Object[]> keyColumns() {
    List<Object[]> rows = new ArrayList<>();
    eachIndexPart((table, index, position) -> {
      if (index.unique()) {
        ColumnDef column = table.columns().get(index.columns().get(position).column());
        rows.add(
            new Object[] {
              CATALOG,
              table.schema(),
              name(index),
              CATALOG,
              table.schema(),
              table.name(),
              column.name(),
              position + 1L,
              null,
              null,
              null,
              null
            });
      }
    });
    return rows;
  }

  private List<Object[]> constraints() {
    List<Object[]> rows = new ArrayList<>();
    eachIndexPart((table, index, position) -> {
      if (index.unique() && position == 0) {
        rows.add(
            new Object[] {
              CATALOG,
              table.schema(),
              name(index),
              table.schema(),
              table.name(),
              index.primary() ? "PRIMARY KEY" : "UNIQUE",
              "YES"
            });
      }
    });
    return rows;
  }
}
