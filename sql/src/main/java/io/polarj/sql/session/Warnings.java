package io.polarj.sql.session;

import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What SHOW WARNINGS shows: messages of the last statement that could have any. Bounded, as in
 * MySQL.
 */
public final class Warnings {
  private static final int KEPT = 1024;

  /** One message; level is Note, Warning or Error. */
  public record Entry(String level, int code, String message) {}

  private final List<Entry> entries = new ArrayList<>();
  private int count;

  void clear() {
    entries.clear();
    count = 0;
  }

  void add(String level, SqlError error, Object... arguments) {
    add(level, error.code(), String.format(Locale.ROOT, error.pattern(), arguments));
  }

  void add(String level, int code, String message) {
    count++;
    if (entries.size() < KEPT) {
      entries.add(new Entry(level, code, message));
    }
  }

  public int count() {
    return count;
  }

  public List<Entry> entries() {
    return List.copyOf(entries);
  }
}
