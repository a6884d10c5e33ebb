package io.polarj.sql.front;

import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A session for tests of the front end: fixed time, no transaction. */
final class FrontSession implements SessionContext {
  final List<String> warnings = new ArrayList<>();
  final Map<String, Object> variables = new HashMap<>();
  boolean strict = true;
  private long lastInsertId;

  @Override
  public long connectionId() {
    return 7;
  }

  @Override
  public String user() {
    return "root@localhost";
  }

  @Override
  public String currentSchema() {
    return "test";
  }

  @Override
  public Object systemVariable(String name) {
    return switch (name) {
      case "autocommit" -> 1L;
      case "version" -> "8.0.36-PolarJ";
      case "group_concat_max_len" -> 1024L;
      default -> throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    };
  }

  @Override
  public Object userVariable(String name) {
    return variables.get(name);
  }

  @Override
  public void userVariable(String name, Object value) {
    variables.put(name, value);
  }

  @Override
  public long lastInsertId() {
    return lastInsertId;
  }

  @Override
  public void lastInsertId(long value) {
    lastInsertId = value;
  }

  @Override
  public long rowCount() {
    return -1;
  }

  @Override
  public long foundRows() {
    return 0;
  }

  @Override
  public void foundRows(long rows) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Instant statementTime() {
    return Instant.parse("2024-02-29T12:34:56.789Z");
  }

  @Override
  public ZoneId timeZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public boolean strictMode() {
    return strict;
  }

  @Override
  public boolean sqlMode(String flag) {
    return flag.equals("ONLY_FULL_GROUP_BY");
  }

  @Override
  public String planKey() {
    return "test";
  }

  @Override
  public void warn(SqlError error, Object... arguments) {
    warnings.add(error.name());
  }

  @Override
  public void note(SqlError error, Object... arguments) {
    warnings.add(error.name());
  }

  @Override
  public int warningCount() {
    return warnings.size();
  }

  @Override
  public Transaction transaction() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void implicitCommit() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void checkInterrupted() {}
}
