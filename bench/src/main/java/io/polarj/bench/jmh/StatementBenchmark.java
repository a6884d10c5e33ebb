// Statements through the SQL engine without protocol and network: what a cached plan costs.
package io.polarj.bench.jmh;

import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.platform.clock.SystemClock;
import io.polarj.sql.exec.PreparedPlan;
import io.polarj.sql.exec.ServerInfo;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.GlobalVariables;
import io.polarj.sql.session.Session;
import io.polarj.sql.session.SessionRegistry;
import io.polarj.sql.session.SessionServices;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Cached selects on a table like sysbench's, with autocommit. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StatementBenchmark {
  private static final int ROWS = 10_000;
  private static final int RANGE = 100;

  /** Takes rows and forgets them. */
  private static final class Sink implements ResultSink {
    private final Blackhole blackhole;

    Sink(Blackhole blackhole) {
      this.blackhole = blackhole;
    }

    @Override
    public void columns(List<ResultColumn> columns) {
      blackhole.consume(columns);
    }

    @Override
    public void row(Object[] values) {
      blackhole.consume(values);
    }

    @Override
    public void end() {
      // Nothing is held.
    }

    @Override
    public void ok(long affectedRows, long lastInsertId, String info) {
      blackhole.consume(affectedRows);
    }
  }

  private final SplittableRandom random = new SplittableRandom(1);
  private LocalEngine local;
  private Session session;
  private SqlEngine sql;
  private PreparedPlan point;
  private PreparedPlan distinct;
  private Sink nowhere;

  @Setup(Level.Trial)
  public void setUp(Blackhole blackhole) throws IOException {
    nowhere = new Sink(blackhole);
    local = new LocalEngine();
    PrimaryEngine engine = local.engine();
    engine.createSchema("sbtest");
    sql = new SqlEngine(engine, ServerInfo.NONE);
    session =
        new Session(
            1,
            new SessionServices(
                engine,
                new GlobalVariables(),
                new SessionRegistry(),
                SystemClock.INSTANCE,
                SystemClock.INSTANCE.wallMillis()),
            false);
    session.currentSchema("sbtest");
    run("CREATE TABLE sbtest1 (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, c CHAR(120) NOT NULL)");
    for (int from = 1; from <= ROWS; from += RANGE) {
      StringBuilder insert = new StringBuilder("INSERT INTO sbtest1 VALUES ");
      for (int id = from; id < from + RANGE; id++) {
        insert.append(id == from ? "" : ",").append('(').append(id).append(", 1, '");
        insert.append(String.format("%08d", random.nextInt(100_000_000)).repeat(14)).append("')");
      }
      run(insert.toString());
    }
    point = sql.prepare(session, "SELECT c FROM sbtest1 WHERE id=?");
    distinct =
        sql.prepare(session, "SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN ? AND ? ORDER BY c");
    session.endStatement(false);
  }

  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    session.close();
    local.close();
  }

  private void run(String statement) {
    session.beginStatement(statement, false);
    sql.execute(session, statement, nowhere);
    session.endStatement(false);
  }

  private void run(PreparedPlan plan, Object... parameters) {
    session.beginStatement(plan.sql(), false);
    sql.execute(session, plan, parameters, nowhere);
    session.endStatement(false);
  }

  @Benchmark
  public void pointSelectPrepared() {
    run(point, (long) (1 + random.nextInt(ROWS)));
  }

  @Benchmark
  public void pointSelectText() {
    run("SELECT c FROM sbtest1 WHERE id=" + (1 + random.nextInt(ROWS)));
  }

  @Benchmark
  public void distinctRangeOfHundredPrepared() {
    long from = 1 + random.nextInt(ROWS - RANGE);
    run(distinct, from, from + RANGE - 1);
  }
}
