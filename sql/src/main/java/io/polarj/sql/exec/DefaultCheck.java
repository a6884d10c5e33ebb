package io.polarj.sql.exec;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.sql.bind.Binder;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.expr.RexCompiler;
import io.polarj.sql.expr.StoreConversion;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.session.SessionContext;
import java.util.function.BiConsumer;

/** Tries a column's DEFAULT: it must have a value that the column can hold. */
final class DefaultCheck implements BiConsumer<ColumnDef, SessionContext> {
  private final Binder binder;

  DefaultCheck(Binder binder) {
    this.binder = binder;
  }

  @Override
  public void accept(ColumnDef column, SessionContext session) {
    try {
      Object value =
          new RexCompiler(null)
              .compile(binder.bindScalar(MySqlParser.parseExpression(column.defaultSql()), session))
              .eval(Execution.NO_ROW, new Execution(null, session, null, null));
      StoreConversion.toColumn(value, column, session, 1, false);
    } catch (SqlException e) {
      throw new SqlException(
          SqlError.INVALID_DEFAULT, SqlError.INVALID_DEFAULT.with(column.name()).getMessage(), e);
    }
  }
}
