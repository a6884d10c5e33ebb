package io.polarj.sql.expr;

import org.apache.calcite.rex.RexSubQuery;

/**
 * Makes an expression of a subquery that was left in a condition; given by the executor, which
 * alone can run one. The operands of the subquery (left side of IN, ANY) are given compiled.
 */
@FunctionalInterface
public interface SubQueryCompiler {
  Expr compile(RexSubQuery subQuery, java.util.List<Expr> operands);
}
