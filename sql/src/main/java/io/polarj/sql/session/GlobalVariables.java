package io.polarj.sql.session;

import io.polarj.sql.error.SqlError;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The node's global variable values. Kept in memory: SET GLOBAL lasts until the node ends. Any
 * thread.
 */
public final class GlobalVariables {
  private static final Object NULL = new Object();
  private final Map<String, Object> values = new ConcurrentHashMap<>();

  public GlobalVariables() {
    for (SystemVariable variable : SystemVariables.all()) {
      if (variable.scope() != VariableScope.SESSION) {
        store(variable.name(), variable.initial());
      }
    }
  }

  /**
   * The value that this node's role or settings give to a variable, whether clients may set it or
   * not.
   */
  public void define(String name, Object value) {
    if (SystemVariables.find(name) == null) {
      throw new IllegalArgumentException("no such variable: " + name);
    }
    store(name, value);
  }

  Object value(String name) {
    Object value = values.get(name);
    return value == NULL ? null : value;
  }

  void set(String name, Object given) {
    SystemVariable variable = SystemVariables.find(name);
    if (variable == null) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    if (!variable.settable()) {
      throw SqlError.INCORRECT_GLOBAL_LOCAL_VAR.with(name, "read only");
    }
    if (variable.scope() == VariableScope.SESSION) {
      throw SqlError.LOCAL_VARIABLE.with(name);
    }
    store(variable.name(), variable.convert(given));
  }

  private void store(String name, Object value) {
    values.put(name, value == null ? NULL : value);
  }
}
