package io.polarj.sql.expr;

final class Values {
  static double toDouble(Object v) {
    return v instanceof Number n ? n.doubleValue() : Double.parseDouble(v.toString());
  }
}
