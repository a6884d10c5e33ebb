package io.polarj.sql.exec;

import io.polarj.engine.api.Engine;
import io.polarj.sql.exec.memory.TestSession;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** An engine with a session on it, and statements run for their outcome. */
final class SqlFixture {
  /** What a statement answered. */
  static final class Outcome implements ResultSink {
    List<ResultColumn> columns = List.of();
    final List<List<Object>> rows = new ArrayList<>();
    long affected = -1;
    long insertId;
    String info = "";
    private boolean ended;

    @Override
    public void columns(List<ResultColumn> newColumns) {
      columns = newColumns;
    }

    @Override
    public void row(Object[] values) {
      if (values.length != columns.size()) {
        throw new IllegalStateException(values.length + " values for " + columns);
      }
      List<Object> row = new ArrayList<>();
      for (Object value : values) {
        row.add(value instanceof byte[] b ? new String(b, StandardCharsets.UTF_8) : value);
      }
      rows.add(row);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void ok(long affectedRows, long lastInsertId, String text) {
      affected = affectedRows;
      insertId = lastInsertId;
      info = text;
      ended = true;
    }

    boolean ended() {
      return ended;
    }

    /** Rows as text, values separated by | and rows by a space. */
    String text() {
      return rows.stream()
          .map(r -> r.stream().map(String::valueOf).collect(Collectors.joining("|")))
          .collect(Collectors.joining(" "));
    }
  }

  final Engine engine;
  final SqlEngine sql;
  final TestSession session;

  SqlFixture(Engine engine) {
    this.engine = engine;
    this.sql = new SqlEngine(engine, ServerInfo.NONE);
    if (!engine.catalog().schemaExists("test")) {
      engine.createSchema("test");
    }
    this.session = new TestSession(engine, "test");
  }

  Outcome run(String statement) {
    Outcome outcome = new Outcome();
    boolean failed = true;
    session.warnings.clear();
    try {
      sql.execute(session, statement, outcome);
      failed = false;
    } finally {
      session.statementEnds(failed);
    }
    if (!outcome.ended()) {
      throw new IllegalStateException("no end of " + statement);
    }
    return outcome;
  }

  void runAll(String... statements) {
    Arrays.stream(statements).forEach(this::run);
  }

  /** The rows of a query as text. */
  String query(String statement) {
    return run(statement).text();
  }

  Outcome execute(PreparedPlan plan, Object... parameters) {
    Outcome outcome = new Outcome();
    boolean failed = true;
    try {
      sql.execute(session, plan, parameters, outcome);
      failed = false;
    } finally {
      session.statementEnds(failed);
    }
    return outcome;
  }

  PreparedPlan prepare(String statement) {
    return sql.prepare(session, statement);
  }
}
