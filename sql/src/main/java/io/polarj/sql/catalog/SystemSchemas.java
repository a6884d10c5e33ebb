package io.polarj.sql.catalog;

import java.util.List;
import java.util.Locale;

/** The schemas that every MySQL server has. They hold no tables here but information_schema's. */
public final class SystemSchemas {
  public static final String INFORMATION_SCHEMA = "information_schema";
  private static final List<String> NAMES =
      List.of(INFORMATION_SCHEMA, "mysql", "performance_schema", "sys");

  private SystemSchemas() {}

  public static List<String> names() {
    return NAMES;
  }

  /** Whether that is a system schema; information_schema is one in any case of letters. */
  public static boolean is(String schema) {
    return NAMES.contains(schema) || NAMES.contains(schema.toLowerCase(Locale.ROOT));
  }
}
