package io.polarj.sql.type;

import io.polarj.engine.schema.Collation;
import io.polarj.sql.error.SqlError;
import java.util.Locale;

/** Collations and character sets by the names that statements give them. */
public final class Collations {
  private Collations() {}

  /** Throws UNKNOWN_COLLATION. */
  public static Collation byName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Collation collation : Collation.values()) {
      if (collation.sqlName().equals(lower)) {
        return collation;
      }
    }
    return switch (lower) {
      case "utf8_bin", "utf8mb3_bin", "latin1_bin", "ascii_bin", "utf8mb4_0900_bin" ->
          Collation.UTF8MB4_BIN;
      case "utf8_general_ci",
          "utf8mb3_general_ci",
          "utf8mb4_unicode_ci",
          "utf8_unicode_ci",
          "utf8mb3_unicode_ci",
          "utf8mb4_unicode_520_ci",
          "latin1_swedish_ci",
          "ascii_general_ci",
          "latin1_general_ci" ->
          Collation.UTF8MB4_GENERAL_CI;
      default -> throw SqlError.UNKNOWN_COLLATION.with(name);
    };
  }

  /** A character set's default collation; throws UNKNOWN_CHARACTER_SET. */
  public static Collation ofCharset(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "utf8mb4" -> Collation.UTF8MB4_0900_AI_CI;
      case "utf8", "utf8mb3", "latin1", "ascii" -> Collation.UTF8MB4_GENERAL_CI;
      case "binary" -> Collation.BINARY;
      default -> throw SqlError.UNKNOWN_CHARACTER_SET.with(name);
    };
  }
}
