package io.polarj.sql.parse;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.type.Collations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The body of CREATE TABLE: columns and indexes. */
final class TableParser {
  private final TokenStream in;
  private final TypeParser types;
  private final DdlParser ddl;

  TableParser(TokenStream in, DdlParser ddl) {
    this.in = in;
    this.types = new TypeParser(in);
    this.ddl = ddl;
  }

  Statement.Ddl create(boolean temporary) {
    boolean ifNotExists = ddl.ifNotExists();
    TableName name = in.tableName();
    if (in.accept("LIKE")) {
      return new Statement.CreateTableLike(name, in.tableName(), ifNotExists);
    }
    List<Column> columns = new ArrayList<>();
    List<Statement.IndexSpec> indexes = new ArrayList<>();
    if (in.atOperator("(") && !in.peek(1).is("SELECT")) {
      in.next();
      if (in.accept("LIKE")) {
        TableName like = in.tableName();
        in.expectOperator(")");
        return new Statement.CreateTableLike(name, like, ifNotExists);
      }
      do {
        element(columns, indexes);
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    }
    Map<String, String> options = ddl.tableOptions();
    Collation collation = tableCollation(options);
    List<ColumnDef> defs = columns.stream().map(c -> c.def(collation)).toList();
    in.accept("AS");
    if (in.at("SELECT") || in.at("WITH") || in.atOperator("(")) {
      throw in.unsupported("CREATE TABLE ... SELECT");
    }
    return new Statement.CreateTable(name, ifNotExists, temporary, defs, indexes, options);
  }

  private static Collation tableCollation(Map<String, String> options) {
    if (options.containsKey("COLLATE")) {
      return Collations.byName(options.get("COLLATE"));
    }
    return options.containsKey("CHARSET")
        ? Collations.ofCharset(options.get("CHARSET"))
        : Collation.UTF8MB4_0900_AI_CI;
  }

  private void element(List<Column> columns, List<Statement.IndexSpec> indexes) {
    if (atIndex()) {
      indexes.add(index());
    } else {
      columns.add(column(indexes));
    }
  }

  boolean atIndex() {
    if (in.at("CHECK") || in.at("FOREIGN") || in.at("FULLTEXT") || in.at("SPATIAL")) {
      return true;
    }
    return in.at("CONSTRAINT")
        || in.at("PRIMARY")
        || in.at("UNIQUE")
        || in.at("INDEX")
        || in.at("KEY");
  }

  /** An index, a key or a constraint of a table. */
  Statement.IndexSpec index() {
    String constraint = null;
    if (in.accept("CONSTRAINT") && in.atName()) {
      constraint = in.name();
    }
    if (in.accept("PRIMARY")) {
      in.expect("KEY");
      ddl.indexType();
      List<Statement.IndexPart> parts = indexParts();
      ddl.indexOptions();
      return new Statement.IndexSpec("PRIMARY", true, true, parts);
    }
    boolean unique = in.accept("UNIQUE");
    if (in.at("FOREIGN")) {
      throw in.unsupported("FOREIGN KEY");
    }
    if (in.at("CHECK") || in.at("FULLTEXT") || in.at("SPATIAL")) {
      throw in.unsupported(in.peek().upper());
    }
    boolean key = in.accept("INDEX") || in.accept("KEY");
    if (!unique && !key) {
      throw in.error();
    }
    String name = in.atName() ? in.name() : constraint;
    ddl.indexType();
    List<Statement.IndexPart> parts = indexParts();
    ddl.indexOptions();
    return new Statement.IndexSpec(name, false, unique, parts);
  }

  List<Statement.IndexPart> indexParts() {
    List<Statement.IndexPart> parts = new ArrayList<>();
    in.expectOperator("(");
    do {
      if (in.atOperator("(")) {
        throw in.unsupported("functional indexes");
      }
      String column = in.name();
      int length = 0;
      if (in.acceptOperator("(")) {
        length = in.smallInteger();
        in.expectOperator(")");
      }
      if (in.accept("DESC")) {
        throw in.unsupported("descending index columns");
      }
      in.accept("ASC");
      parts.add(new Statement.IndexPart(column, length));
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return parts;
  }

  /** A column while its table's collation is not known yet. */
  private static final class Column {
    final String name;
    final TypeParser.Declared declared;
    boolean notNull;
    String defaultSql;
    boolean autoIncrement;
    boolean onUpdateNow;
    String comment = "";
    Collation collation;

    Column(String name, TypeParser.Declared declared) {
      this.name = name;
      this.declared = declared;
    }

    ColumnDef def(Collation tableCollation) {
      ColumnType type = declared.type();
      if (TypeParser.isText(type.kind())) {
        if (collation != null) {
          type = TypeParser.withCollation(type, collation);
        } else if (!declared.collationGiven()) {
          type = TypeParser.withCollation(type, tableCollation);
        }
      }
      return new ColumnDef(name, type, !notNull, defaultSql, autoIncrement, onUpdateNow, comment);
    }
  }

  private Column column(List<Statement.IndexSpec> indexes) {
    String name = in.name();
    Column column = new Column(name, types.columnType(name));
    if (column.declared.serial()) {
      column.notNull = true;
      column.autoIncrement = true;
      indexes.add(inline(name, false));
    }
    while (attribute(column, indexes)) {
      // Each call reads one attribute.
    }
    if (column.notNull && "NULL".equals(column.defaultSql)) {
      throw SqlError.INVALID_DEFAULT.with(name);
    }
    column.defaultSql = "NULL".equals(column.defaultSql) ? null : column.defaultSql;
    return column;
  }

  private static Statement.IndexSpec inline(String column, boolean primary) {
    return new Statement.IndexSpec(
        primary ? "PRIMARY" : null, primary, true, List.of(new Statement.IndexPart(column, 0)));
  }

  private boolean attribute(Column column, List<Statement.IndexSpec> indexes) {
    if (in.accept("NOT")) {
      in.expect("NULL");
      column.notNull = true;
    } else if (in.accept("NULL")) {
      column.notNull = false;
    } else if (in.accept("DEFAULT")) {
      column.defaultSql = defaultText();
    } else if (in.accept("ON", "UPDATE")) {
      currentTimestamp();
      column.onUpdateNow = true;
    } else if (in.accept("AUTO_INCREMENT")) {
      column.autoIncrement = true;
      column.notNull = true;
    } else if (in.accept("UNIQUE")) {
      in.accept("KEY");
      indexes.add(inline(column.name, false));
    } else if (in.accept("PRIMARY", "KEY") || in.accept("KEY")) {
      column.notNull = true;
      indexes.add(inline(column.name, true));
    } else if (in.accept("COMMENT")) {
      column.comment = in.string();
    } else if (in.accept("COLLATE")) {
      column.collation =
          Collations.byName(
              in.peek().kind() == TokenKind.STRING ? in.string() : in.nameAfterPoint());
    } else if (in.accept("COLUMN_FORMAT") || in.accept("STORAGE")) {
      in.next();
    } else if (in.at("REFERENCES")) {
      throw in.unsupported("FOREIGN KEY");
    } else if (in.at("CHECK") || in.at("CONSTRAINT")) {
      throw in.unsupported("CHECK");
    } else if (in.at("GENERATED") || in.at("AS")) {
      throw in.unsupported("generated columns");
    } else {
      return in.acceptAny("VISIBLE") != null;
    }
    return true;
  }

  private void currentTimestamp() {
    if (in.acceptAny("CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP") == null) {
      throw in.error();
    }
    if (in.acceptOperator("(")) {
      if (in.peek().kind() == TokenKind.INTEGER) {
        in.next();
      }
      in.expectOperator(")");
    }
  }

  private String defaultText() {
    int mark = in.mark();
    if (in.at("CURRENT_TIMESTAMP")
        || in.at("NOW")
        || in.at("LOCALTIME")
        || in.at("LOCALTIMESTAMP")) {
      currentTimestamp();
    } else if (in.atOperator("(")) {
      in.skipParenthesized();
    } else if (in.accept("NULL")) {
      return "NULL";
    } else {
      if (!in.acceptOperator("-")) {
        in.acceptOperator("+");
      }
      if (in.at("DATE") || in.at("TIME") || in.at("TIMESTAMP")) {
        in.next();
        in.string();
      } else if (in.acceptAny("TRUE", "FALSE") == null) {
        literal();
      }
    }
    return in.textFrom(mark);
  }

  private void literal() {
    switch (in.peek().kind()) {
      case STRING, INTEGER, DECIMAL, DOUBLE, BYTES -> in.next();
      default -> throw in.error();
    }
  }
}
