package io.polarj.sql.session;

import io.polarj.sql.error.SqlError;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The words that {@code @@sql_mode} may hold. */
final class SqlModes {
  private static final Set<String> KNOWN =
      Set.of(
          "ALLOW_INVALID_DATES",
          "ANSI_QUOTES",
          "ERROR_FOR_DIVISION_BY_ZERO",
          "HIGH_NOT_PRECEDENCE",
          "IGNORE_SPACE",
          "NO_AUTO_CREATE_USER",
          "NO_AUTO_VALUE_ON_ZERO",
          "NO_BACKSLASH_ESCAPES",
          "NO_DIR_IN_CREATE",
          "NO_ENGINE_SUBSTITUTION",
          "NO_UNSIGNED_SUBTRACTION",
          "NO_ZERO_DATE",
          "NO_ZERO_IN_DATE",
          "ONLY_FULL_GROUP_BY",
          "PAD_CHAR_TO_FULL_LENGTH",
          "PIPES_AS_CONCAT",
          "REAL_AS_FLOAT",
          "STRICT_ALL_TABLES",
          "STRICT_TRANS_TABLES",
          "TIME_TRUNCATE_FRACTIONAL");
  private static final Map<String, List<String>> COMBINED =
      Map.of(
          "ANSI",
              List.of(
                  "REAL_AS_FLOAT",
                  "PIPES_AS_CONCAT",
                  "ANSI_QUOTES",
                  "IGNORE_SPACE",
                  "ONLY_FULL_GROUP_BY"),
          "TRADITIONAL",
              List.of(
                  "STRICT_TRANS_TABLES",
                  "STRICT_ALL_TABLES",
                  "NO_ZERO_IN_DATE",
                  "NO_ZERO_DATE",
                  "ERROR_FOR_DIVISION_BY_ZERO",
                  "NO_ENGINE_SUBSTITUTION"));

  private SqlModes() {}

  /** Checks and normalises a comma list; repeated words count once. */
  static String parse(Object given) {
    if (!(given instanceof String text)) {
      if (given instanceof Long number && number == 0) {
        return "";
      }
      throw SqlError.WRONG_VALUE_FOR_VAR.with("sql_mode", given);
    }
    Set<String> words = new LinkedHashSet<>();
    for (String word : Arrays.asList(text.split(","))) {
      String mode = word.strip().toUpperCase(Locale.ROOT);
      if (mode.isEmpty()) {
        continue;
      }
      if (COMBINED.containsKey(mode)) {
        words.addAll(COMBINED.get(mode));
      } else if (KNOWN.contains(mode)) {
        words.add(mode);
      } else {
        throw SqlError.WRONG_VALUE_FOR_VAR.with("sql_mode", word.strip());
      }
    }
    return words.stream().collect(Collectors.joining(","));
  }
}
