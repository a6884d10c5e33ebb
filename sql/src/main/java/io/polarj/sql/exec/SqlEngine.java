package io.polarj.sql.exec;

import io.polarj.engine.api.Engine;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.SessionContext;

/**
 * Runs statements: everything but session statements (SET, SHOW, USE, KILL, transaction control),
 * which the session handles before it comes here. Any thread; each session one at a time.
 */
public final class SqlEngine {
  private final Engine engine;
  private final ServerInfo server;

  public SqlEngine(Engine engine, ServerInfo server) {
    this.engine = engine;
    this.server = server;
  }

  /** Prepares a statement with {@code ?} parameters. */
  public PreparedPlan prepare(SessionContext session, String sql) {
    throw SqlError.NOT_SUPPORTED_YET.with("prepare");
  }

  /** Runs a prepared statement; {@code parameters} has a value (or null) for each {@code ?}. */
  public void execute(
      SessionContext session, PreparedPlan plan, Object[] parameters, ResultSink sink) {
    throw SqlError.NOT_SUPPORTED_YET.with("execute");
  }

  /** Runs one statement of text. */
  public void execute(SessionContext session, String sql, ResultSink sink) {
    throw SqlError.NOT_SUPPORTED_YET.with("execute");
  }

  public Engine engine() {
    return engine;
  }

  public ServerInfo server() {
    return server;
  }
}
