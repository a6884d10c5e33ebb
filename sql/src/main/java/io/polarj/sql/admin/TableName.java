package io.polarj.sql.admin;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.Session;

/** A table as named in a session statement: {@code table} or {@code schema.table}. */
record TableName(String schema, String table) {
  static TableName parse(Words words, Session session) {
    String first = words.name();
    if (words.acceptSymbol(".")) {
      return new TableName(first, words.name());
    }
    return new TableName(session.currentSchema(), first);
  }

  /** The same table in the schema of a FROM or IN clause, if one follows. */
  TableName inSchemaOf(Words words) {
    return words.accept("FROM") || words.accept("IN") ? new TableName(words.name(), table) : this;
  }

  TableDef require(Session session) {
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    TableDef definition = session.services().engine().catalog().table(schema, table);
    if (definition == null) {
      throw SqlError.NO_SUCH_TABLE.with(schema, table);
    }
    return definition;
  }
}
