package io.polarj.sql.ast;

import io.polarj.engine.schema.ColumnDef;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlNode;

/** A parsed statement that is not session administration (SET, SHOW, BEGIN... never get here). */
public sealed interface Statement {
  /** A statement that changes definitions. */
  sealed interface Ddl extends Statement {}

  /** SELECT, UNION, WITH, VALUES: Calcite's tree with the operators of {@link MySqlOperators}. */
  record Query(SqlNode node) implements Statement {}

  /** {@link MySqlInsert}, {@link MySqlUpdate} or {@link MySqlDelete}. */
  record Dml(SqlNode node) implements Statement {}

  /** How a duplicate key is met. */
  enum InsertMode {
    INSERT,
    IGNORE,
    REPLACE
  }

  /** EXPLAIN; {@code format} is TRADITIONAL, TREE or JSON; {@code analyze} for EXPLAIN ANALYZE. */
  record Explain(Statement statement, String format, boolean analyze) implements Statement {}

  record CreateDatabase(String name, boolean ifNotExists, Map<String, String> options)
      implements Ddl {}

  record DropDatabase(String name, boolean ifExists) implements Ddl {}

  /** An index as written; the primary one is named PRIMARY. {@code name} null: to be chosen. */
  record IndexSpec(String name, boolean primary, boolean unique, List<IndexPart> parts) {}

  /** A column of an index; {@code length} 0 when no prefix was given. */
  record IndexPart(String column, int length) {}

  /**
   * CREATE TABLE. {@code CreateTables.define} makes the checked {@code TableDef} of it. {@code
   * columns} have their primary-key columns still as written (nullable may be true).
   */
  record CreateTable(
      TableName name,
      boolean ifNotExists,
      boolean temporary,
      List<ColumnDef> columns,
      List<IndexSpec> indexes,
      Map<String, String> options)
      implements Ddl {}

  record CreateTableLike(TableName name, TableName like, boolean ifNotExists) implements Ddl {}

  record DropTable(List<TableName> names, boolean ifExists, boolean temporary) implements Ddl {}

  record Truncate(TableName table) implements Ddl {}

  record CreateIndex(TableName table, IndexSpec index) implements Ddl {}

  record DropIndex(TableName table, String index) implements Ddl {}

  /** RENAME TABLE a TO b, c TO d. */
  record RenameTable(List<Rename> renames) implements Ddl {}

  record Rename(TableName from, TableName to) {}

  record AlterTable(TableName table, List<AlterAction> actions) implements Ddl {}

  /** One action of ALTER TABLE. */
  sealed interface AlterAction {
    record AddIndex(IndexSpec index) implements AlterAction {}

    /** {@code name} is PRIMARY for DROP PRIMARY KEY. */
    record DropIndex(String name) implements AlterAction {}

    record RenameTo(TableName name) implements AlterAction {}

    /** DISABLE/ENABLE KEYS, ENGINE=, COMMENT= and the like. */
    record Options(Map<String, String> options) implements AlterAction {}
  }
}
