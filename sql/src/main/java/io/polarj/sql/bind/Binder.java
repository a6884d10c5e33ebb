package io.polarj.sql.bind;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import java.util.List;
import org.apache.calcite.rex.RexNode;

/**
 * Resolves the names of a statement and types its expressions. Any thread; makes a cluster each.
 */
public final class Binder {
  private final TableLookup tables;

  public Binder(TableLookup tables) {
    this.tables = tables;
  }

  /**
   * Binds a query, INSERT, UPDATE or DELETE. {@code parameterClasses}: the class of each
   * parameter's value ({@code Void} for NULL); null where it is not known, or an empty list when
   * none is.
   */
  public BoundStatement bind(
      Statement statement, SessionContext session, List<Class<?>> parameterClasses) {
    throw SqlError.NOT_SUPPORTED_YET.with(tables);
  }

  /** Binds an expression over no table, as in SET. */
  public RexNode bindScalar(Expression expression, SessionContext session) {
    throw SqlError.NOT_SUPPORTED_YET.with(expression);
  }
}
