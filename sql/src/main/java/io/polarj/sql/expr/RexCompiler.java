package io.polarj.sql.expr;

import io.polarj.sql.error.SqlError;
import org.apache.calcite.rex.RexNode;

/** Makes {@link Expr}s of Calcite's row expressions. Stateless, any thread. */
public final class RexCompiler {
  private final SubQueryCompiler subQueries;

  /** {@code subQueries} is asked for each {@code RexSubQuery}; null when there are none. */
  public RexCompiler(SubQueryCompiler subQueries) {
    this.subQueries = subQueries;
  }

  public Expr compile(RexNode node) {
    throw SqlError.NOT_SUPPORTED_YET.with(subQueries + " " + node);
  }

  /** Whether it reads no row (parameters and session values are allowed). */
  public static boolean constantForStatement(RexNode node) {
    throw SqlError.NOT_SUPPORTED_YET.with(node);
  }
}
