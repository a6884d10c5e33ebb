package io.polarj.sql.bind;

import java.util.List;

/** An item of FROM under its alias; its fields are those of the row from {@code offset} on. */
record Source(String schema, String alias, int offset, List<Field> fields) {
  Source shifted(int by) {
    return new Source(schema, alias, offset + by, fields);
  }
}
