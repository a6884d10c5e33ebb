package io.polarj.sql.expr;

/** The running state of one aggregate over one group. */
public interface Accumulator {
  /** Takes the argument values of a row. */
  void add(Object[] arguments, EvalContext context);

  /** The value over what was added, of the class of the aggregate's type. */
  Object result(EvalContext context);
}
