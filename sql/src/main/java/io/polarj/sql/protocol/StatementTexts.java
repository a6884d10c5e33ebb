package io.polarj.sql.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text with several statements at its semicolons, minding strings, quoted names and
 * comments.
 */
final class StatementTexts {
  private StatementTexts() {}

  /** The statements without their semicolons; empty ones are left out. */
  static List<String> split(String text) {
    if (text.indexOf(';') < 0) {
      return text.isBlank() ? List.of() : List.of(text);
    }
    List<String> statements = new ArrayList<>(2);
    int start = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ';') {
        add(statements, text.substring(start, at));
        start = at + 1;
        at++;
      } else {
        at = skip(text, at);
      }
    }
    add(statements, text.substring(start));
    return statements;
  }

  /** The one statement of a text that may end with a semicolon. */
  static String withoutLastSemicolon(String text) {
    List<String> statements = split(text);
    return statements.size() == 1 ? statements.get(0) : text;
  }

  private static int skip(String text, int at) {
    char c = text.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      return skipQuoted(text, at, c);
    }
    boolean dashes =
        c == '-'
            && text.startsWith("--", at)
            && (at + 2 >= text.length() || Character.isWhitespace(text.charAt(at + 2)));
    if (c == '#' || dashes) {
      int end = text.indexOf('\n', at);
      return end < 0 ? text.length() : end + 1;
    }
    if (c == '/' && text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      return end < 0 ? text.length() : end + 2;
    }
    return at + 1;
  }

  private static int skipQuoted(String text, int start, char quote) {
    int at = start + 1;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && quote != '`') {
        at += 2;
      } else if (c == quote) {
        return at + 1; // a doubled quote begins the next quoted piece at once
      } else {
        at++;
      }
    }
    return text.length();
  }

  private static void add(List<String> statements, String text) {
    if (!text.isBlank()) {
      statements.add(text);
    }
  }
}
