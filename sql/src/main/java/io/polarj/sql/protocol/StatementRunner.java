package io.polarj.sql.protocol;

import io.polarj.engine.error.EngineException;
import io.polarj.sql.admin.SessionStatements;
import io.polarj.sql.error.EngineErrors;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.exec.PreparedPlan;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.lex.Lexer;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.lex.UnterminatedException;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.Session;
import java.io.UncheckedIOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one statement of a session from beginning to end: session statement or SQL, the transaction
 * around it, its outcome. Owned by the connection's thread.
 */
final class StatementRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StatementRunner.class);

  private final SqlEngine engine;
  private final Session session;
  private final SessionStatements sessionStatements;

  StatementRunner(SqlEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
    this.sessionStatements = new SessionStatements(engine, session);
  }

  /**
   * Runs a statement of text; throws SqlException when it failed, with its transaction dealt with.
   */
  void run(String sql, ResultSink sink) {
    if (SessionStatements.handles(sql)) {
      around(sql, () -> sessionStatements.execute(sql, sink));
    } else {
      around(sql, () -> engine.execute(session, sql, sink));
    }
  }

  void run(Prepared prepared, Object[] parameters, ResultSink sink) {
    around(prepared.sql(), () -> prepared.execute(parameters, sink));
  }

  Prepared prepare(String sql) {
    if (SessionStatements.handles(sql)) {
      requireNoParameters(sql);
      return new PreparedSessionStatement(sql);
    }
    Prepared[] result = new Prepared[1];
    around(sql, () -> result[0] = new PreparedSql(engine.prepare(session, sql)));
    return result[0];
  }

  /** Error 1295 makes drivers fill in the values themselves. */
  private void requireNoParameters(String sql) {
    Lexer lexer = new Lexer(sql, ParserOptions.of(session).lexer());
    try {
      while (lexer.advance() != TokenKind.END) {
        if (lexer.kind() == TokenKind.PARAMETER) {
          throw SqlError.UNSUPPORTED_PS.with();
        }
      }
    } catch (UnterminatedException e) {
      throw new SqlException(SqlError.PARSE, SqlError.PARSE.with(e.getMessage()).getMessage(), e);
    }
  }

  private void around(String sql, Runnable body) {
    boolean failed = true;
    session.beginStatement(sql, SessionStatements.keepsWarnings(sql));
    try {
      session.checkInterrupted();
      body.run();
      failed = false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw toSql(sql, e);
    } finally {
      end(sql, failed);
    }
  }

  /** The statement's own transaction ends; a commit that fails is the statement's error. */
  private void end(String sql, boolean failed) {
    try {
      session.endStatement(failed);
    } catch (RuntimeException e) {
      if (failed) {
        LOG.error("connection {}: rollback failed", session.connectionId(), e);
      } else {
        throw toSql(sql, e);
      }
    }
  }

  private SqlException toSql(String sql, Throwable e) {
    SqlException told =
        switch (e) {
          case SqlException s -> s;
          case EngineException x ->
              EngineErrors.translated(x, "", engine.server().primaryAddress());
          case UncheckedIOException x ->
              new SqlException(SqlError.NET_ERROR_ON_WRITE, x.getMessage(), x);
          default -> {
            LOG.error("connection {}: {} failed", session.connectionId(), shortened(sql), e);
            yield new SqlException(
                SqlError.INTERNAL,
                "Internal error: " + e + "; the server's log has more about it",
                e);
          }
        };
    session.recordError(told.code(), told.getMessage());
    session.rowCount(-1);
    return told;
  }

  private static String shortened(String sql) {
    return sql.length() <= 500 ? sql : sql.substring(0, 500) + "...";
  }

  /** BEGIN, COMMIT, SET and the like, prepared: they have no parameters. */
  private final class PreparedSessionStatement implements Prepared {
    private final String sql;

    PreparedSessionStatement(String sql) {
      this.sql = sql;
    }

    @Override
    public String sql() {
      return sql;
    }

    @Override
    public int parameterCount() {
      return 0;
    }

    @Override
    public List<ResultColumn> columns() {
      return List.of();
    }

    @Override
    public void execute(Object[] parameters, ResultSink sink) {
      sessionStatements.execute(sql, sink);
    }
  }

  private final class PreparedSql implements Prepared {
    private final PreparedPlan plan;

    PreparedSql(PreparedPlan plan) {
      this.plan = plan;
    }

    @Override
    public String sql() {
      return plan.sql();
    }

    @Override
    public int parameterCount() {
      return plan.parameterCount();
    }

    @Override
    public List<ResultColumn> columns() {
      return plan.columns();
    }

    @Override
    public void execute(Object[] parameters, ResultSink sink) {
      engine.execute(session, plan, parameters, sink);
    }
  }
}
