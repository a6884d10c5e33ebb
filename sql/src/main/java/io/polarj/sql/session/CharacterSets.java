package io.polarj.sql.session;

import io.polarj.engine.schema.Collation;
import io.polarj.sql.error.SqlError;
import java.util.Locale;
import java.util.Set;

/**
 * Character sets a client may name. Text travels as UTF-8; names that ASCII clients use by habit
 * are accepted, and their non-ASCII characters are expected as UTF-8 as well.
 */
final class CharacterSets {
  private static final Set<String> ACCEPTED =
      Set.of("utf8mb4", "utf8", "utf8mb3", "latin1", "ascii", "binary");

  private CharacterSets() {}

  static String require(Object name) {
    String lower = name == null ? "NULL" : name.toString().toLowerCase(Locale.ROOT);
    if (!ACCEPTED.contains(lower)) {
      throw SqlError.UNKNOWN_CHARACTER_SET.with(lower);
    }
    return lower;
  }

  static String requireCollation(Object name) {
    String lower = name == null ? "NULL" : name.toString().toLowerCase(Locale.ROOT);
    for (Collation collation : Collation.values()) {
      if (collation.sqlName().equals(lower)) {
        return lower;
      }
    }
    if (lower.startsWith("utf8") || lower.startsWith("latin1_") || lower.startsWith("ascii_")) {
      return lower;
    }
    throw SqlError.UNKNOWN_COLLATION.with(lower);
  }

  /** The default collation of a character set. */
  static String defaultCollation(String characterSet) {
    return switch (characterSet) {
      case "utf8mb4" -> "utf8mb4_0900_ai_ci";
      case "utf8", "utf8mb3" -> "utf8mb3_general_ci";
      case "latin1" -> "latin1_swedish_ci";
      case "ascii" -> "ascii_general_ci";
      default -> "binary";
    };
  }
}
