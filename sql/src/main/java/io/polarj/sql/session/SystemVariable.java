package io.polarj.sql.session;

import io.polarj.sql.error.SqlError;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A system variable: name, scope, initial value, and how a value given by SET becomes the stored
 * one (null: read only). Values are Long, String, Double or null.
 */
record SystemVariable(
    String name,
    VariableScope scope,
    Object initial,
    BiFunction<SystemVariable, Object, Object> conversion) {

  private static final BiFunction<SystemVariable, Object, Object> BOOLEAN =
      SystemVariable::toBoolean;
  private static final Set<String> TRUTHS =
      Set.of(
          "read_only",
          "super_read_only",
          "innodb_read_only",
          "performance_schema",
          "log_bin",
          "innodb_file_per_table",
          "local_infile");

  boolean settable() {
    return conversion != null;
  }

  Object convert(Object value) {
    return conversion.apply(this, value);
  }

  /** Truth values are shown as words, as MySQL does. */
  String print(Object value) {
    boolean truth = initial instanceof Long && (conversion == BOOLEAN || TRUTHS.contains(name));
    return truth ? (Long.valueOf(1).equals(value) ? "ON" : "OFF") : value.toString();
  }

  static SystemVariable fixed(String name, VariableScope scope, Object value) {
    return new SystemVariable(name, scope, value, null);
  }

  static SystemVariable bool(String name, VariableScope scope, boolean value) {
    return new SystemVariable(name, scope, value ? 1L : 0L, BOOLEAN);
  }

  static SystemVariable integer(String name, VariableScope scope, long value, long low, long high) {
    return new SystemVariable(
        name, scope, value, (variable, given) -> Math.clamp(toLong(variable, given), low, high));
  }

  static SystemVariable text(String name, VariableScope scope, String value) {
    return new SystemVariable(
        name, scope, value, (variable, given) -> given == null ? null : given.toString());
  }

  static SystemVariable oneOf(String name, VariableScope scope, String value, String... choices) {
    List<String> allowed = List.of(choices);
    return new SystemVariable(
        name,
        scope,
        value,
        (variable, given) -> {
          if (given instanceof Long ordinal && ordinal >= 0 && ordinal < allowed.size()) {
            return allowed.get(ordinal.intValue());
          }
          for (String choice : allowed) {
            if (given != null && choice.equalsIgnoreCase(given.toString())) {
              return choice;
            }
          }
          throw SqlError.WRONG_VALUE_FOR_VAR.with(variable.name, given);
        });
  }

  private static Object toBoolean(SystemVariable variable, Object given) {
    if (given instanceof Long number && (number == 0 || number == 1)) {
      return number;
    }
    if (given instanceof String text) {
      switch (text.toUpperCase(Locale.ROOT)) {
        case "ON", "TRUE", "1" -> {
          return 1L;
        }
        case "OFF", "FALSE", "0" -> {
          return 0L;
        }
        default -> {}
      }
    }
    throw SqlError.WRONG_VALUE_FOR_VAR.with(variable.name, given);
  }

  private static long toLong(SystemVariable variable, Object given) {
    return switch (given) {
      case Long number -> number;
      case BigDecimal number when number.stripTrailingZeros().scale() <= 0 -> number.longValue();
      case null, default -> throw SqlError.WRONG_TYPE_FOR_VAR.with(variable.name);
    };
  }
}
