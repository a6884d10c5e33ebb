package io.polarj.sql.expr;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.type.MySqlTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All scalar functions by upper-case name. */
final class FunctionLibrary {
  private static final Map<String, FunctionDef> ALL = new HashMap<>();

  static {
    StringFunctions.register();
    NumericFunctions.register();
    TemporalFunctions.register();
    SessionFunctions.register();
  }

  private FunctionLibrary() {}

  static FunctionDef find(String name) {
    return ALL.get(name);
  }

  /** A function of its arguments alone that is NULL when one of them is. */
  static void strict(
      String name, int min, int max, FunctionDef.TypeRule type, FunctionDef.Implementation body) {
    ALL.put(name, new FunctionDef(name, min, max, type, true, true, body));
  }

  /** A function of its arguments alone that takes NULLs. */
  static void lenient(
      String name, int min, int max, FunctionDef.TypeRule type, FunctionDef.Implementation body) {
    ALL.put(name, new FunctionDef(name, min, max, type, false, true, body));
  }

  /** A function of more than its arguments: time, session, chance. It takes NULLs. */
  static void unstable(
      String name, int min, int max, FunctionDef.TypeRule type, FunctionDef.Implementation body) {
    ALL.put(name, new FunctionDef(name, min, max, type, false, false, body));
  }

  static void alias(String name, String other) {
    FunctionDef def = ALL.get(other);
    ALL.put(
        name,
        new FunctionDef(
            name,
            def.minArguments(),
            def.maxArguments(),
            def.type(),
            def.strict(),
            def.stable(),
            def.implementation()));
  }

  static FunctionDef.TypeRule always(ColumnType type) {
    return arguments -> type;
  }

  static FunctionDef.TypeRule text(long length) {
    return arguments -> MySqlTypes.string(length, collation(arguments));
  }

  /** As long as all arguments together. */
  static ColumnType joined(List<ColumnType> arguments) {
    long length = 0;
    for (ColumnType argument : arguments) {
      length += argument == MySqlTypes.NULL ? 0 : MySqlTypes.length(argument);
    }
    return MySqlTypes.string(length, collation(arguments));
  }

  /** A string of the first argument's length. */
  static ColumnType first(List<ColumnType> arguments) {
    return MySqlTypes.string(
        MySqlTypes.length(arguments.get(0)), collation(arguments.subList(0, 1)));
  }

  static Collation collation(List<ColumnType> arguments) {
    Collation collation = null;
    for (ColumnType argument : arguments) {
      if (argument != MySqlTypes.NULL && MySqlTypes.isString(argument)) {
        if (MySqlTypes.isBinary(argument)) {
          return Collation.BINARY;
        }
        collation =
            collation == null
                ? argument.collation()
                : MySqlTypes.collation(MySqlTypes.string(1, collation), argument);
      }
    }
    return collation == null ? Collation.UTF8MB4_0900_AI_CI : collation;
  }

  /** The type that holds all arguments. */
  static ColumnType widest(List<ColumnType> arguments) {
    ColumnType result = null;
    for (ColumnType argument : arguments) {
      if (argument != MySqlTypes.NULL) {
        result = result == null ? argument : MySqlTypes.union(result, argument);
      }
    }
    return result == null
        ? MySqlTypes.NULL
        : result.kind() == TypeKind.TIMESTAMP
            ? MySqlTypes.temporal(TypeKind.DATETIME, result.scale())
            : result;
  }
}
