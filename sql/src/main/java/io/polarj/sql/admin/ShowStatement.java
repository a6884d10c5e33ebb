package io.polarj.sql.admin;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.api.Engine;
import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.catalog.TableDescription;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.ProcessInfo;
import io.polarj.sql.session.Session;
import io.polarj.sql.session.VariableScope;
import io.polarj.sql.session.Warnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** SHOW and DESCRIBE. */
final class ShowStatement {
  private final Words words;
  private final Session session;
  private final SqlEngine engine;
  private final Catalog catalog;

  ShowStatement(Words words, Session session, SqlEngine engine) {
    this.words = words;
    this.session = session;
    this.engine = engine;
    this.catalog = engine.engine().catalog();
  }

  void run(ResultSink sink) {
    boolean full = words.accept("FULL");
    words.accept("EXTENDED");
    boolean global = words.accept("GLOBAL");
    if (!global && !words.accept("SESSION")) {
      words.accept("LOCAL");
    }
    String what = words.next().text().toUpperCase(Locale.ROOT);
    switch (what) {
      case "DATABASES", "SCHEMAS" -> databases(sink);
      case "TABLES" -> tables(full, sink);
      case "TABLE" -> tableStatus(sink);
      case "OPEN" -> openTables(sink);
      case "CREATE" -> create(sink);
      case "COLUMNS", "FIELDS" -> columns(full, sink);
      case "INDEX", "INDEXES", "KEYS" -> indexes(sink);
      case "VARIABLES" -> variables(global, sink);
      case "STATUS" -> status(sink);
      case "WARNINGS", "ERRORS" -> warnings(what.equals("ERRORS"), sink);
      case "COUNT" -> countOfWarnings(sink);
      case "PROCESSLIST" -> processes(full, sink);
      case "ENGINES" -> engines(sink);
      case "STORAGE" -> {
        words.expect("ENGINES");
        engines(sink);
      }
      case "COLLATION" -> collations(sink);
      case "CHARACTER" -> {
        words.expect("SET");
        characterSets(sink);
      }
      case "CHARSET" -> characterSets(sink);
      case "GRANTS" -> grants(sink);
      case "REPLICA", "SLAVE" -> replica(sink);
      default -> rest(what, sink);
    }
  }

  /** DESCRIBE table [column]. */
  void describe(ResultSink sink) {
    words.accept("TABLE");
    TableName name = TableName.parse(words, session);
    ShowTable table = columnTable(name, false);
    if (!words.atEnd()) {
      var pattern = ShowFilter.like(words.nameOrString());
      words.expectEnd();
      table.send(sink, row -> pattern.matcher(row[0].toString()).matches());
    } else {
      words.expectEnd();
      table.send(sink, row -> true);
    }
  }

  private void finish(ShowTable table, ResultSink sink) {
    table.send(sink, new ShowFilter(words, table).parse());
  }

  private void databases(ResultSink sink) {
    TreeSet<String> names = new TreeSet<>(catalog.schemas());
    // mysql and sys are accepted as names, but there is nothing in them that a dump could take
    names.addAll(List.of("information_schema", "performance_schema"));
    ShowTable table = new ShowTable().text("Database");
    names.forEach(table::row);
    finish(table, sink);
  }

  private String schemaClause() {
    String schema =
        words.accept("FROM") || words.accept("IN") ? words.name() : session.currentSchema();
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    if (!session.services().schemaExists(schema)) {
      throw SqlError.BAD_DB.with(schema);
    }
    return schema;
  }

  private List<TableDef> sortedTables(String schema) {
    if (!catalog.schemaExists(schema)) {
      return List.of();
    }
    List<TableDef> tables = new ArrayList<>(catalog.tables(schema));
    tables.sort((a, b) -> a.name().compareTo(b.name()));
    return tables;
  }

  private void tables(boolean full, ResultSink sink) {
    String schema = schemaClause();
    ShowTable table = new ShowTable().text("Tables_in_" + schema);
    if (full) {
      table.text("Table_type");
    }
    for (TableDef definition : sortedTables(schema)) {
      if (full) {
        table.row(definition.name(), "BASE TABLE");
      } else {
        table.row(definition.name());
      }
    }
    finish(table, sink);
  }

  /** 1 without such a column; a replica tells what was reserved when it opened the table. */
  private long nextAutoIncrement(TableDef definition) {
    if (definition.columns().stream().noneMatch(ColumnDef::autoIncrement)) {
      return 1;
    }
    Engine tables = session.services().engine();
    return tables
        .openTable(session.transaction(), definition.schema(), definition.name())
        .peekAutoIncrement();
  }

  private void tableStatus(ResultSink sink) {
    words.expect("STATUS");
    String schema = schemaClause();
    ShowTable table =
        new ShowTable()
            .text("Name", "Engine")
            .number("Version")
            .text("Row_format")
            .number(
                "Rows",
                "Avg_row_length",
                "Data_length",
                "Max_data_length",
                "Index_length",
                "Data_free",
                "Auto_increment")
            .text("Create_time", "Update_time", "Check_time", "Collation")
            .number("Checksum")
            .text("Create_options", "Comment");
    for (TableDef definition : sortedTables(schema)) {
      table.row(
          definition.name(),
          "InnoDB",
          10L,
          "Dynamic",
          null,
          0L,
          0L,
          0L,
          0L,
          0L,
          null,
          null,
          null,
          null,
          Collation.UTF8MB4_0900_AI_CI.sqlName(),
          null,
          "",
          definition.options().getOrDefault("COMMENT", ""));
    }
    finish(table, sink);
  }

  private void openTables(ResultSink sink) {
    words.expect("TABLES");
    if (words.peek().is("FROM") || words.peek().is("IN")) {
      schemaClause();
    }
    finish(new ShowTable().text("Database", "Table").number("In_use", "Name_locked"), sink);
  }

  private void create(ResultSink sink) {
    if (words.accept("DATABASE") || words.accept("SCHEMA")) {
      boolean ifMissing = words.acceptAll("IF", "NOT", "EXISTS");
      String schema = words.name();
      words.expectEnd();
      if (!session.services().schemaExists(schema)) {
        throw SqlError.BAD_DB.with(schema);
      }
      new ShowTable()
          .text("Database")
          .longText("Create Database")
          .row(
              schema,
              "CREATE DATABASE "
                  + (ifMissing ? "/*!32312 IF NOT EXISTS*/ `" : "`")
                  + schema.replace("`", "``")
                  + "` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci */")
          .send(sink, row -> true);
      return;
    }
    words.expect("TABLE");
    TableName name = TableName.parse(words, session);
    words.expectEnd();
    TableDef definition = name.require(session);
    new ShowTable()
        .text("Table")
        .longText("Create Table")
        .row(
            definition.name(),
            TableDescription.createTable(definition, nextAutoIncrement(definition)))
        .send(sink, row -> true);
  }

  private void columns(boolean full, ResultSink sink) {
    if (!words.accept("FROM")) {
      words.expect("IN");
    }
    TableName name = TableName.parse(words, session).inSchemaOf(words);
    finish(columnTable(name, full), sink);
  }

  private ShowTable columnTable(TableName name, boolean full) {
    TableDef definition = name.require(session);
    ShowTable table = new ShowTable().text("Field").longText("Type");
    if (full) {
      table.text("Collation");
    }
    table.text("Null", "Key").longText("Default").text("Extra");
    if (full) {
      table.text("Privileges", "Comment");
    }
    for (Object[] row : TableDescription.columns(definition, full)) {
      table.row(row);
    }
    return table;
  }

  private void indexes(ResultSink sink) {
    if (!words.accept("FROM")) {
      words.expect("IN");
    }
    TableName name = TableName.parse(words, session).inSchemaOf(words);
    TableDef definition = name.require(session);
    ShowTable table =
        new ShowTable()
            .text("Table")
            .number("Non_unique")
            .text("Key_name")
            .number("Seq_in_index")
            .text("Column_name", "Collation")
            .number("Cardinality", "Sub_part")
            .text("Packed", "Null", "Index_type", "Comment", "Index_comment", "Visible")
            .text("Expression");
    for (Object[] row : TableDescription.indexes(definition)) {
      table.row(row);
    }
    finish(table, sink);
  }

  private void variables(boolean global, ResultSink sink) {
    ShowTable table = new ShowTable().text("Variable_name", "Value");
    session.variables(global ? VariableScope.GLOBAL : VariableScope.SESSION).forEach(table::row);
    finish(table, sink);
  }

  private void status(ResultSink sink) {
    EngineStatus status = engine.engine().status();
    Map<String, String> values = new TreeMap<>();
    status.counters().forEach((name, value) -> values.put(name, value.toString()));
    values.put("Threads_connected", String.valueOf(session.services().sessions().size()));
    values.put("Uptime", String.valueOf(session.services().uptimeSeconds()));
    values.put("Polarj_newest_lsn", String.valueOf(status.newestLsn()));
    values.put("Polarj_durable_lsn", String.valueOf(status.durableLsn()));
    values.put("Polarj_checkpoint_lsn", String.valueOf(status.checkpointLsn()));
    values.put("Polarj_applied_lsn", String.valueOf(status.appliedLsn()));
    values.put("Ssl_cipher", "");
    ShowTable table = new ShowTable().text("Variable_name", "Value");
    values.forEach(table::row);
    finish(table, sink);
  }

  private void warnings(boolean errorsOnly, ResultSink sink) {
    long skip = 0;
    long limit = Long.MAX_VALUE;
    if (words.accept("LIMIT")) {
      limit = words.number();
      if (words.acceptSymbol(",")) {
        skip = limit;
        limit = words.number();
      }
    }
    words.expectEnd();
    ShowTable table = new ShowTable().text("Level").number("Code").text("Message");
    List<Warnings.Entry> entries = session.warnings().entries();
    for (Warnings.Entry entry : entries) {
      if (errorsOnly && !entry.level().equals("Error")) {
        continue;
      }
      if (skip > 0) {
        skip--;
      } else if (limit-- > 0) {
        table.row(entry.level(), (long) entry.code(), entry.message());
      }
    }
    table.send(sink, row -> true);
  }

  private void countOfWarnings(ResultSink sink) {
    words.expectSymbol("(");
    words.expectSymbol("*");
    words.expectSymbol(")");
    boolean errors = words.accept("ERRORS");
    if (!errors) {
      words.expect("WARNINGS");
    }
    words.expectEnd();
    String name = errors ? "error_count" : "warning_count";
    new ShowTable()
        .number("@@session." + name)
        .row(session.systemVariable(name))
        .send(sink, row -> true);
  }

  private void processes(boolean full, ResultSink sink) {
    words.expectEnd();
    ShowTable table =
        new ShowTable()
            .number("Id")
            .text("User", "Host", "db", "Command")
            .number("Time")
            .text("State")
            .longText("Info");
    for (ProcessInfo process : session.services().sessions().processes()) {
      String info = process.statement();
      if (!full && info != null && info.length() > 100) {
        info = info.substring(0, 100);
      }
      table.row(
          process.id(),
          process.user(),
          process.host(),
          process.schema(),
          process.command(),
          process.seconds(),
          process.state(),
          info);
    }
    table.send(sink, row -> true);
  }

  private void engines(ResultSink sink) {
    words.expectEnd();
    new ShowTable()
        .text("Engine", "Support", "Comment", "Transactions", "XA", "Savepoints")
        .row(
            "InnoDB",
            "DEFAULT",
            "PolarJ's B+tree engine on shared storage, under the name that clients expect",
            "YES",
            "NO",
            "YES")
        .send(sink, row -> true);
  }

  private void collations(ResultSink sink) {
    ShowTable table =
        new ShowTable()
            .text("Collation", "Charset")
            .number("Id")
            .text("Default", "Compiled")
            .number("Sortlen")
            .text("Pad_attribute");
    for (Collation collation : Collation.values()) {
      table.row(
          collation.sqlName(),
          collation == Collation.BINARY ? "binary" : "utf8mb4",
          (long) collation.id(),
          collation == Collation.UTF8MB4_0900_AI_CI || collation == Collation.BINARY ? "Yes" : "",
          "Yes",
          collation == Collation.UTF8MB4_0900_AI_CI ? 0L : 1L,
          collation == Collation.UTF8MB4_0900_AI_CI || collation == Collation.BINARY
              ? "NO PAD"
              : "PAD SPACE");
    }
    finish(table, sink);
  }

  private void characterSets(ResultSink sink) {
    ShowTable table =
        new ShowTable().text("Charset", "Description", "Default collation").number("Maxlen");
    table.row("binary", "Binary pseudo charset", "binary", 1L);
    table.row("utf8mb4", "UTF-8 Unicode", "utf8mb4_0900_ai_ci", 4L);
    finish(table, sink);
  }

  private void grants(ResultSink sink) {
    new ShowTable()
        .text("Grants for " + session.user())
        .row("GRANT ALL PRIVILEGES ON *.* TO " + session.user())
        .send(sink, row -> true);
  }

  /**
   * Replication here has no binary log; how far a replica is stands in SHOW STATUS LIKE 'Polarj%'.
   */
  private void replica(ResultSink sink) {
    words.expect("STATUS");
    words.expectEnd();
    new ShowTable().text("Replica_IO_State", "Source_Host").send(sink, row -> true);
  }

  /** Things that there are none of. */
  private void rest(String what, ResultSink sink) {
    ShowTable table =
        switch (what) {
          case "TRIGGERS" -> {
            if (words.peek().is("FROM") || words.peek().is("IN")) {
              schemaClause();
            }
            yield new ShowTable().text("Trigger", "Event", "Table", "Statement", "Timing");
          }
          case "EVENTS" -> {
            if (words.peek().is("FROM") || words.peek().is("IN")) {
              schemaClause();
            }
            yield new ShowTable().text("Db", "Name", "Definer", "Status");
          }
          case "PROCEDURE", "FUNCTION" -> {
            words.expect("STATUS");
            yield new ShowTable().text("Db", "Name", "Type", "Definer");
          }
          case "PLUGINS" -> new ShowTable().text("Name", "Status", "Type", "Library", "License");
          case "PRIVILEGES" -> new ShowTable().text("Privilege", "Context", "Comment");
          case "PROFILES" -> new ShowTable().number("Query_ID").text("Duration", "Query");
          default -> throw SqlError.NOT_SUPPORTED_YET.with("SHOW " + what);
        };
    finish(table, sink);
  }
}
