package io.polarj.sql.parse;

import io.polarj.sql.ast.Statement;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.type.Collations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** CREATE, DROP, ALTER, TRUNCATE and RENAME. */
final class DdlParser {
  private final TokenStream in;
  private final TableParser tables;

  DdlParser(TokenStream in) {
    this.in = in;
    this.tables = new TableParser(in, this);
  }

  Statement.Ddl statement() {
    return switch (in.peek().upper()) {
      case "CREATE" -> create();
      case "DROP" -> drop();
      case "ALTER" -> alter();
      case "TRUNCATE" -> {
        in.next();
        in.accept("TABLE");
        yield new Statement.Truncate(in.tableName());
      }
      case "RENAME" -> rename();
      default -> throw in.error();
    };
  }

  boolean ifNotExists() {
    if (!in.accept("IF")) {
      return false;
    }
    in.expect("NOT");
    in.expect("EXISTS");
    return true;
  }

  private boolean ifExists() {
    if (!in.accept("IF")) {
      return false;
    }
    in.expect("EXISTS");
    return true;
  }

  private Statement.Ddl create() {
    in.next();
    if (in.accept("DATABASE") || in.accept("SCHEMA")) {
      boolean ifNotExists = ifNotExists();
      String name = in.name();
      return new Statement.CreateDatabase(name, ifNotExists, tableOptions());
    }
    if (in.accept("TABLE")) {
      return tables.create(false);
    }
    if (in.accept("TEMPORARY", "TABLE")) {
      return tables.create(true);
    }
    boolean unique = in.accept("UNIQUE");
    if (in.at("FULLTEXT") || in.at("SPATIAL")) {
      throw in.unsupported(in.peek().upper() + " indexes");
    }
    if (in.accept("INDEX")) {
      return createIndex(unique);
    }
    if (in.peek().kind() == TokenKind.WORD && !unique && !in.peek().upper().isEmpty()) {
      switch (in.peek().upper()) {
        case "VIEW",
            "OR",
            "ALGORITHM",
            "DEFINER",
            "PROCEDURE",
            "FUNCTION",
            "TRIGGER",
            "EVENT",
            "USER",
            "ROLE",
            "SERVER",
            "TABLESPACE" ->
            throw in.unsupported("CREATE " + in.peek().upper());
        default -> throw in.error();
      }
    }
    throw in.error();
  }

  private Statement.Ddl createIndex(boolean unique) {
    String name = in.name();
    indexType();
    in.expect("ON");
    TableName table = in.tableName();
    List<Statement.IndexPart> parts = tables.indexParts();
    indexOptions();
    while (in.accept("ALGORITHM") || in.accept("LOCK")) {
      in.acceptOperator("=");
      in.next();
    }
    return new Statement.CreateIndex(table, new Statement.IndexSpec(name, false, unique, parts));
  }

  void indexType() {
    if (in.accept("USING") || in.accept("TYPE")) {
      if (in.acceptAny("BTREE", "HASH") == null) {
        throw in.error();
      }
    }
  }

  void indexOptions() {
    while (true) {
      if (in.at("USING")) {
        indexType();
      } else if (in.accept("COMMENT")) {
        in.string();
      } else if (in.accept("KEY_BLOCK_SIZE")) {
        in.acceptOperator("=");
        in.integer();
      } else if (in.acceptAny("VISIBLE", "INVISIBLE") == null) {
        return;
      }
    }
  }

  private Statement.Ddl drop() {
    in.next();
    if (in.accept("DATABASE") || in.accept("SCHEMA")) {
      boolean ifExists = ifExists();
      return new Statement.DropDatabase(in.name(), ifExists);
    }
    if (in.accept("INDEX")) {
      String index = in.at("PRIMARY") ? in.next().upper() : in.name();
      in.expect("ON");
      TableName table = in.tableName();
      while (in.accept("ALGORITHM") || in.accept("LOCK")) {
        in.acceptOperator("=");
        in.next();
      }
      return new Statement.DropIndex(table, index);
    }
    boolean temporary = in.accept("TEMPORARY");
    if (!temporary
        && (in.at("VIEW")
            || in.at("USER")
            || in.at("PROCEDURE")
            || in.at("FUNCTION")
            || in.at("TRIGGER")
            || in.at("EVENT")
            || in.at("ROLE"))) {
      throw in.unsupported("DROP " + in.peek().upper());
    }
    if (!in.accept("TABLE") && !in.accept("TABLES")) {
      throw in.error();
    }
    boolean ifExists = ifExists();
    List<TableName> names = new ArrayList<>();
    do {
      names.add(in.tableName());
    } while (in.acceptOperator(","));
    in.acceptAny("RESTRICT", "CASCADE");
    return new Statement.DropTable(names, ifExists, temporary);
  }

  private Statement.Ddl rename() {
    in.next();
    if (!in.accept("TABLE") && !in.accept("TABLES")) {
      throw in.error();
    }
    List<Statement.Rename> renames = new ArrayList<>();
    do {
      TableName from = in.tableName();
      in.expect("TO");
      renames.add(new Statement.Rename(from, in.tableName()));
    } while (in.acceptOperator(","));
    return new Statement.RenameTable(renames);
  }

  private Statement.Ddl alter() {
    in.next();
    if (!in.accept("TABLE")) {
      if (in.peek().kind() == TokenKind.WORD) {
        throw in.unsupported("ALTER " + in.peek().upper());
      }
      throw in.error();
    }
    TableName table = in.tableName();
    List<Statement.AlterAction> actions = new ArrayList<>();
    if (!in.atEnd()) {
      do {
        actions.add(action());
      } while (in.acceptOperator(","));
    }
    return new Statement.AlterTable(table, actions);
  }

  private Statement.AlterAction action() {
    if (in.accept("ADD")) {
      if (tables.atIndex()) {
        return new Statement.AlterAction.AddIndex(tables.index());
      }
      throw in.unsupported("ALTER TABLE ... ADD COLUMN");
    }
    if (in.accept("DROP")) {
      if (in.accept("PRIMARY", "KEY")) {
        return new Statement.AlterAction.DropIndex("PRIMARY");
      }
      if (in.accept("INDEX") || in.accept("KEY")) {
        return new Statement.AlterAction.DropIndex(in.name());
      }
      throw in.unsupported("ALTER TABLE ... DROP " + in.peek().text());
    }
    if (in.accept("RENAME")) {
      if (in.at("INDEX") || in.at("KEY") || in.at("COLUMN")) {
        throw in.unsupported("ALTER TABLE ... RENAME " + in.peek().upper());
      }
      in.acceptAny("TO", "AS");
      return new Statement.AlterAction.RenameTo(in.tableName());
    }
    if (in.accept("DISABLE", "KEYS") || in.accept("ENABLE", "KEYS")) {
      return new Statement.AlterAction.Options(Map.of());
    }
    for (String word :
        new String[] {"MODIFY", "CHANGE", "ALTER", "ORDER", "CONVERT", "PARTITION"}) {
      if (in.at(word)) {
        throw in.unsupported("ALTER TABLE ... " + word);
      }
    }
    Map<String, String> options = tableOptions();
    if (options.isEmpty()) {
      throw in.error();
    }
    return new Statement.AlterAction.Options(options);
  }

  /** ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 and so on, keys in upper case. */
  Map<String, String> tableOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    while (in.peek().kind() == TokenKind.WORD) {
      in.accept("DEFAULT");
      String key = in.peek().upper();
      switch (key) {
        case "ENGINE",
            "AUTO_INCREMENT",
            "COMMENT",
            "ROW_FORMAT",
            "COLLATE",
            "CHARSET",
            "AVG_ROW_LENGTH",
            "CHECKSUM",
            "COMPRESSION",
            "CONNECTION",
            "DELAY_KEY_WRITE",
            "ENCRYPTION",
            "INSERT_METHOD",
            "KEY_BLOCK_SIZE",
            "MAX_ROWS",
            "MIN_ROWS",
            "PACK_KEYS",
            "STATS_AUTO_RECALC",
            "STATS_PERSISTENT",
            "STATS_SAMPLE_PAGES",
            "ALGORITHM",
            "LOCK" ->
            in.next();
        case "CHARACTER", "CHAR" -> {
          in.next();
          in.expect("SET");
          key = "CHARSET";
        }
        case "PARTITION" -> throw in.unsupported("partitions");
        default -> {
          return options;
        }
      }
      in.acceptOperator("=");
      options.put(key, optionValue(key));
      if (in.atOperator(",") && isOption(in.peek(1).upper())) {
        in.next();
      }
    }
    return options;
  }

  private static boolean isOption(String word) {
    return switch (word) {
      case "ENGINE", "AUTO_INCREMENT", "COMMENT", "ROW_FORMAT", "COLLATE", "CHARSET", "DEFAULT" ->
          true;
      default -> false;
    };
  }

  private String optionValue(String key) {
    String value = in.peek().kind() == TokenKind.STRING ? in.string() : in.next().text();
    if (key.equals("CHARSET")) {
      Collations.ofCharset(value);
    } else if (key.equals("COLLATE")) {
      Collations.byName(value);
    }
    return key.equals("ENGINE") ? engineName(value) : value;
  }

  private static String engineName(String value) {
    return value.toUpperCase(Locale.ROOT).equals("INNODB") ? "InnoDB" : value;
  }
}
