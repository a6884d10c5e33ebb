package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;

/** LIMIT and OFFSET, each null when absent. */
public record Limits(Expr limit, Expr offset) {
  public long limitRows(Execution execution) {
    return value(limit, Long.MAX_VALUE, execution);
  }

  public long skippedRows(Execution execution) {
    return value(offset, 0, execution);
  }

  private static long value(Expr expr, long absent, Execution execution) {
    if (expr == null) {
      return absent;
    }
    Object value = expr.eval(Execution.NO_ROW, execution);
    if (value == null) {
      return 0;
    }
    if (!(value instanceof Number number)) {
      throw io.polarj.sql.error.SqlError.PARSE.with("LIMIT takes a number");
    }
    // A limit of 18446744073709551615 is the customary "all".
    return number.longValue() < 0 ? Long.MAX_VALUE : number.longValue();
  }
}
