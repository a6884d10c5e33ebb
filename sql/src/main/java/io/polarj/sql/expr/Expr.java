package io.polarj.sql.expr;

/**
 * A compiled expression. Stateless and shared by threads; what changes is in the row and the
 * context. The result is of the class that {@code TypeKind} lists for the expression's column type
 * ({@code MySqlTypes.columnType}); truth values are the Longs 1 and 0; null is NULL (or unknown).
 */
@FunctionalInterface
public interface Expr {
  Object eval(Object[] row, EvalContext context);

  /** Whether a condition holds: true only for a value that is not NULL and not zero. */
  default boolean holds(Object[] row, EvalContext context) {
    return Truth.isTrue(eval(row, context));
  }
}
