package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;

/** Converts values to what a column stores, with MySQL's errors and warnings. Stateless. */
public final class StoreConversion {
  private StoreConversion() {}

  /**
   * The value as the column stores it. In strict mode a value that does not fit is an error, else
   * (or with {@code ignore}, as for INSERT IGNORE) the nearest that fits with a warning. NULL for a
   * NOT NULL column is error 1048, or the type's zero value with {@code ignore}.
   */
  public static Object toColumn(
      Object value, ColumnDef column, SessionContext session, int rowNumber, boolean ignore) {
    throw SqlError.NOT_SUPPORTED_YET.with(column + " " + value + session + rowNumber + ignore);
  }
}
