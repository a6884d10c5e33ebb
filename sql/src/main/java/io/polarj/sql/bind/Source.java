package io.polarj.sql.bind;

import java.util.List;

/**
 * A table in FROM under its alias; its fields are those of the row from {@code offset} on. {@code
 * table} null for a derived one.
 */
record Source(String schema, String alias, PolarTable table, int offset, List<Field> fields) {
  Source shifted(int by) {
    return new Source(schema, alias, table, offset + by, fields);
  }
}
