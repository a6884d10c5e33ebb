package io.polarj.sql.ast;

import io.polarj.engine.schema.ColumnDef;
import java.util.List;
import java.util.Map;

/** A parsed statement that is not session administration (SET, SHOW, BEGIN... never get here). */
public sealed interface Statement {
  /** A statement that changes rows. */
  sealed interface Dml extends Statement {}

  /** A statement that changes definitions. */
  sealed interface Ddl extends Statement {}

  /** SELECT, UNION, WITH, VALUES. */
  record QueryStatement(Query query) implements Statement {}

  /** How a duplicate key is met. */
  enum InsertMode {
    INSERT,
    IGNORE,
    REPLACE
  }

  /**
   * {@code columns} empty: all of the table. Either {@code rows} (a {@link Expression.Default}
   * stands for DEFAULT) or {@code source} is given.
   */
  record Insert(
      InsertMode mode,
      TableName table,
      List<String> columns,
      List<List<Expression>> rows,
      Query source,
      String rowAlias,
      List<Assignment> onDuplicate)
      implements Dml {
    public Insert {
      columns = List.copyOf(columns);
      onDuplicate = List.copyOf(onDuplicate);
    }
  }

  /** {@code target = value}. */
  record Assignment(Expression.Column target, Expression value) {}

  record Update(
      boolean ignore,
      FromItem table,
      List<Assignment> assignments,
      Expression where,
      List<OrderItem> orderBy,
      Expression limit)
      implements Dml {}

  /**
   * {@code targets} holds more than one name, or {@code from} is a join, for the multi-table form.
   */
  record Delete(
      boolean ignore,
      List<TableName> targets,
      FromItem from,
      Expression where,
      List<OrderItem> orderBy,
      Expression limit)
      implements Dml {}

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
      Map<String, String> options,
      Query asQuery)
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
