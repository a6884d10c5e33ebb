package io.polarj.sql.exec.memory;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A session without a connection. */
public final class TestSession implements SessionContext {
  private final Engine engine;
  private final Map<String, Object> userVariables = new HashMap<>();
  public final Map<String, Object> systemVariables = new HashMap<>();
  public final List<String> warnings = new ArrayList<>();
  public String schema;
  public boolean strict = true;
  public String sqlMode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES";
  public Instant now = Instant.parse("2026-03-01T12:00:00Z");
  public boolean killed;
  public long lastRowCount = -1;
  private Transaction transaction;
  private boolean explicit;
  private long lastInsertId;
  private long foundRows;

  public TestSession(Engine engine, String schema) {
    this.engine = engine;
    this.schema = schema;
    systemVariables.put("innodb_lock_wait_timeout", 50L);
    systemVariables.put("lock_wait_timeout", 50L);
    systemVariables.put("auto_increment_increment", 1L);
    systemVariables.put("auto_increment_offset", 1L);
    systemVariables.put("div_precision_increment", 4L);
    systemVariables.put("version", "8.0.36-PolarJ");
    systemVariables.put("autocommit", 1L);
    systemVariables.put("group_concat_max_len", 1024L);
  }

  public void begin() {
    transaction();
    explicit = true;
  }

  /** What the session does after a statement. */
  public void statementEnds(boolean failed) {
    if (!explicit && transaction != null && transaction.active()) {
      if (failed) {
        transaction.rollback();
      } else {
        transaction.commit();
      }
    }
    if (!explicit) {
      transaction = null;
    }
  }

  public void end(boolean commit) {
    if (transaction != null && transaction.active()) {
      if (commit) {
        transaction.commit();
      } else {
        transaction.rollback();
      }
    }
    transaction = null;
    explicit = false;
  }

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
    return schema;
  }

  @Override
  public Object systemVariable(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (key.equals("sql_mode")) {
      return sqlMode;
    }
    if (!systemVariables.containsKey(key)) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    return systemVariables.get(key);
  }

  @Override
  public Object userVariable(String name) {
    return userVariables.get(name);
  }

  @Override
  public void userVariable(String name, Object value) {
    userVariables.put(name, value);
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
    return lastRowCount;
  }

  @Override
  public long foundRows() {
    return foundRows;
  }

  @Override
  public void foundRows(long rows) {
    foundRows = rows;
  }

  @Override
  public Instant statementTime() {
    return now;
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
    return ("," + sqlMode + ",").contains("," + flag + ",");
  }

  @Override
  public String planKey() {
    return schema + "|" + sqlMode;
  }

  @Override
  public void warn(SqlError error, Object... arguments) {
    warnings.add("Warning " + error.code() + " " + error.with(arguments).getMessage());
  }

  @Override
  public void note(SqlError error, Object... arguments) {
    warnings.add("Note " + error.code() + " " + error.with(arguments).getMessage());
  }

  @Override
  public int warningCount() {
    return warnings.size();
  }

  @Override
  public Transaction transaction() {
    if (transaction == null) {
      transaction = engine.begin(IsolationLevel.REPEATABLE_READ, false);
    }
    return transaction;
  }

  @Override
  public void implicitCommit() {
    end(true);
  }

  @Override
  public void checkInterrupted() {
    if (killed) {
      throw SqlError.QUERY_INTERRUPTED.with();
    }
  }
}
