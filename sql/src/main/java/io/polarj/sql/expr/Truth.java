package io.polarj.sql.expr;

import java.math.BigDecimal;

/** Truth of values: zero is false, NULL is unknown. */
final class Truth {
  static final Long TRUE = 1L;
  static final Long FALSE = 0L;

  private Truth() {}

  static Long of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case null -> false;
      case Long number -> number != 0;
      case Boolean bool -> bool;
      case BigDecimal number -> number.signum() != 0;
      default -> Values.toDouble(value) != 0;
    };
  }
}
