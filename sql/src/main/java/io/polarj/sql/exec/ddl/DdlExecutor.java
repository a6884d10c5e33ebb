package io.polarj.sql.exec.ddl;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Statement.AlterAction;
import io.polarj.sql.ast.Statement.AlterTable;
import io.polarj.sql.ast.Statement.CreateDatabase;
import io.polarj.sql.ast.Statement.CreateIndex;
import io.polarj.sql.ast.Statement.CreateTable;
import io.polarj.sql.ast.Statement.CreateTableLike;
import io.polarj.sql.ast.Statement.Ddl;
import io.polarj.sql.ast.Statement.DropDatabase;
import io.polarj.sql.ast.Statement.DropIndex;
import io.polarj.sql.ast.Statement.DropTable;
import io.polarj.sql.ast.Statement.IndexSpec;
import io.polarj.sql.ast.Statement.Rename;
import io.polarj.sql.ast.Statement.RenameTable;
import io.polarj.sql.ast.Statement.Truncate;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.catalog.SystemSchemas;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.session.SessionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Runs one DDL statement. One use, one thread; the session's transaction has been committed. */
public final class DdlExecutor {
  private final Engine engine;
  private final SessionContext session;
  private final BiConsumer<ColumnDef, SessionContext> defaultCheck;
  private final int waitSeconds;

  /** {@code defaultCheck} throws INVALID_DEFAULT for a DEFAULT that the column can not hold. */
  public DdlExecutor(
      Engine engine, SessionContext session, BiConsumer<ColumnDef, SessionContext> defaultCheck) {
    this.engine = engine;
    this.session = session;
    this.defaultCheck = defaultCheck;
    this.waitSeconds =
        (int)
            Math.min(
                Integer.MAX_VALUE,
                ((Number) session.systemVariable("lock_wait_timeout")).longValue());
  }

  /** Returns the affected rows, as MySQL counts them for DDL. */
  public long run(Ddl statement) {
    switch (statement) {
      case CreateDatabase create -> {
        createDatabase(create);
        return 1;
      }
      case DropDatabase drop -> {
        return dropDatabase(drop);
      }
      case CreateTable create -> createTable(create);
      case CreateTableLike create -> createTableLike(create);
      case DropTable drop -> dropTables(drop);
      case Truncate truncate -> {
        TableDef table = existing(truncate.table());
        engine.truncateTable(table.schema(), table.name(), waitSeconds);
      }
      case CreateIndex create -> addIndex(existing(create.table()), create.index());
      case DropIndex drop -> dropIndex(existing(drop.table()), drop.index());
      case RenameTable rename -> rename(rename);
      case AlterTable alter -> alter(alter);
    }
    return 0;
  }

  private String schema(TableName name) {
    String schema = name.schema() != null ? name.schema() : session.currentSchema();
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    if (SystemSchemas.is(schema)) {
      throw denied(schema);
    }
    return schema;
  }

  private RuntimeException denied(String schema) {
    String[] user = session.user().split("@", 2);
    return SqlError.DBACCESS_DENIED.with(user[0], user.length > 1 ? user[1] : "", schema);
  }

  private TableDef existing(TableName name) {
    String schema = schema(name);
    TableDef table = engine.catalog().table(schema, name.name());
    if (table == null) {
      throw SqlError.NO_SUCH_TABLE.with(schema, name.name());
    }
    return table;
  }

  private void createDatabase(CreateDatabase create) {
    if (SystemSchemas.is(create.name()) || engine.catalog().schemaExists(create.name())) {
      if (!create.ifNotExists()) {
        throw SqlError.DB_CREATE_EXISTS.with(create.name());
      }
      session.note(SqlError.DB_CREATE_EXISTS, create.name());
      return;
    }
    engine.createSchema(create.name());
  }

  private long dropDatabase(DropDatabase drop) {
    if (SystemSchemas.is(drop.name())) {
      throw denied(drop.name());
    }
    if (!engine.catalog().schemaExists(drop.name())) {
      if (!drop.ifExists()) {
        throw SqlError.DB_DROP_EXISTS.with(drop.name());
      }
      session.note(SqlError.DB_DROP_EXISTS, drop.name());
      return 0;
    }
    int tables = engine.catalog().tables(drop.name()).size();
    engine.dropSchema(drop.name());
    return tables;
  }

  /** Whether the table is to be created; false after a note that it is there already. */
  private boolean absent(String schema, String table, boolean ifNotExists) {
    if (!engine.catalog().schemaExists(schema)) {
      throw SqlError.BAD_DB.with(schema);
    }
    if (engine.catalog().table(schema, table) == null) {
      return true;
    }
    if (!ifNotExists) {
      throw SqlError.TABLE_EXISTS.with(table);
    }
    session.note(SqlError.TABLE_EXISTS, table);
    return false;
  }

  private void createTable(CreateTable create) {
    if (create.temporary()) {
      throw SqlError.NOT_SUPPORTED_YET.with("CREATE TEMPORARY TABLE");
    }
    String schema = schema(create.name());
    if (!absent(schema, create.name().name(), create.ifNotExists())) {
      return;
    }
    TableDef definition = TableDefinition.of(create, schema);
    definition.columns().stream()
        .filter(column -> column.defaultSql() != null)
        .forEach(column -> defaultCheck.accept(column, session));
    engine.createTable(definition);
  }

  private void createTableLike(CreateTableLike create) {
    TableDef like = existing(create.like());
    String schema = schema(create.name());
    if (!absent(schema, create.name().name(), create.ifNotExists())) {
      return;
    }
    List<IndexDef> indexes = new ArrayList<>();
    for (IndexDef i : like.indexes()) {
      indexes.add(new IndexDef(0, i.name(), i.primary(), i.unique(), i.columns()));
    }
    engine.createTable(
        new TableDef(0, 0, schema, create.name().name(), like.columns(), indexes, like.options()));
  }

  private void dropTables(DropTable drop) {
    List<TableDef> tables = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (TableName name : drop.names()) {
      String schema = schema(name);
      TableDef table = drop.temporary() ? null : engine.catalog().table(schema, name.name());
      if (table == null) {
        unknown.add(schema + "." + name.name());
      } else {
        tables.add(table);
      }
    }
    if (!unknown.isEmpty() && !drop.ifExists()) {
      throw SqlError.BAD_TABLE.with(String.join(",", unknown));
    }
    unknown.forEach(name -> session.note(SqlError.BAD_TABLE, name));
    tables.forEach(t -> engine.dropTable(t.schema(), t.name(), waitSeconds));
  }

  private void addIndex(TableDef table, IndexSpec spec) {
    if (spec.primary()) {
      if (!table.primary().columns().isEmpty()) {
        throw SqlError.MULTIPLE_PRI_KEY.with();
      }
      throw SqlError.NOT_SUPPORTED_YET.with("ALTER TABLE ... ADD PRIMARY KEY");
    }
    IndexDef index = TableDefinition.index(spec, table.columns(), table.indexes());
    engine.createIndex(table.schema(), table.name(), index, waitSeconds);
  }

  private void dropIndex(TableDef table, String name) {
    boolean found =
        table.indexes().stream()
            .anyMatch(i -> !i.columns().isEmpty() && i.name().equalsIgnoreCase(name));
    if (!found) {
      throw SqlError.CANT_DROP_FIELD_OR_KEY.with(name);
    }
    if (table.primary().name().equalsIgnoreCase(name)) {
      throw SqlError.NOT_SUPPORTED_YET.with("ALTER TABLE ... DROP PRIMARY KEY");
    }
    TableDefinition.checkAutoIncrementWithout(table, name);
    engine.dropIndex(table.schema(), table.name(), name, waitSeconds);
  }

  private void rename(RenameTable statement) {
    // MySQL renames all or none; the engine renames one at a time, so what can be known to fail is
    // found out first.
    if (statement.renames().size() == 1) {
      rename(existing(statement.renames().get(0).from()), statement.renames().get(0).to());
      return;
    }
    List<TableDef[]> done = new ArrayList<>();
    try {
      for (Rename rename : statement.renames()) {
        TableDef from = existing(rename.from());
        rename(from, rename.to());
        done.add(
            new TableDef[] {from, engine.catalog().table(schema(rename.to()), rename.to().name())});
      }
    } catch (RuntimeException e) {
      for (TableDef[] pair : done.reversed()) {
        engine.renameTable(
            pair[1].schema(), pair[1].name(), pair[0].schema(), pair[0].name(), waitSeconds);
      }
      throw e;
    }
  }

  private void rename(TableDef from, TableName to) {
    String schema = schema(to);
    absent(schema, to.name(), false);
    engine.renameTable(from.schema(), from.name(), schema, to.name(), waitSeconds);
  }

  private void alter(AlterTable alter) {
    TableDef table = existing(alter.table());
    for (AlterAction action : alter.actions()) {
      switch (action) {
        case AlterAction.AddIndex add -> addIndex(current(table), add.index());
        case AlterAction.DropIndex drop -> dropIndex(current(table), drop.name());
        case AlterAction.RenameTo rename -> {
          rename(current(table), rename.name());
          table = engine.catalog().table(schema(rename.name()), rename.name().name());
        }
        case AlterAction.Options options
            when options.options().keySet().equals(Set.of("AUTO_INCREMENT")) ->
            raiseAutoIncrement(current(table), options.options().get("AUTO_INCREMENT"));
        case AlterAction.Options options ->
            session.note(
                SqlError.UNKNOWN,
                "table options " + options.options().keySet() + " are not changed by PolarJ");
      }
    }
  }

  /** The counter is never lowered; MySQL lowers it to what the rows allow. */
  private void raiseAutoIncrement(TableDef table, String text) {
    long next;
    try {
      next = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new SqlException(
          SqlError.PARSE, SqlError.PARSE.with("AUTO_INCREMENT = " + text).getMessage(), e);
    }
    if (table.columns().stream().anyMatch(ColumnDef::autoIncrement) && next > 1) {
      Transaction transaction = session.transaction();
      engine
          .openTableToWrite(transaction, table.schema(), table.name())
          .observeAutoIncrement(next - 1);
      session.implicitCommit();
    }
  }

  private TableDef current(TableDef table) {
    TableDef now = engine.catalog().table(table.schema(), table.name());
    if (now == null) {
      throw SqlError.NO_SUCH_TABLE.with(table.schema(), table.name());
    }
    return now;
  }
}
