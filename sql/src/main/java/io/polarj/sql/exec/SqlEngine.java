package io.polarj.sql.exec;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.bind.Binder;
import io.polarj.sql.bind.BoundQuery;
import io.polarj.sql.bind.BoundStatement;
import io.polarj.sql.catalog.CatalogTables;
import io.polarj.sql.catalog.InformationSchema;
import io.polarj.sql.error.EngineErrors;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.ddl.DdlExecutor;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.lex.Digest;
import io.polarj.sql.lex.DigestedStatement;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.SessionContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs statements: everything but session statements (SET, SHOW, USE, KILL, transaction control),
 * which the session handles before it comes here. A statement that fails has changed nothing: a
 * writing one is rolled back to the savepoint before it. With autocommit the session ends the
 * transaction after the call. Any thread; each session one at a time.
 */
public final class SqlEngine {
  private static final int CACHED_PLANS = 8192;
  private static final int PLAN_ATTEMPTS = 10;
  private static final Object[] NO_PARAMETERS = new Object[0];
  private static final Table[] NO_TABLES = new Table[0];

  private final Engine engine;
  private final ServerInfo server;
  private final Binder binder;
  private final StatementPlanner planner;
  private final PlanCache cache = new PlanCache(CACHED_PLANS);

  public SqlEngine(Engine engine, ServerInfo server) {
    this.engine = engine;
    this.server = server;
    InformationSchema informationSchema =
        new InformationSchema(engine.catalog(), () -> processes(server));
    this.binder = new Binder(new CatalogTables(engine.catalog(), informationSchema));
    this.planner = new StatementPlanner(engine, informationSchema);
  }

  private static List<Object[]> processes(ServerInfo server) {
    return server.processes().stream()
        .map(p ->
            new Object[] {
              p.id(),
              p.user(),
              p.host(),
              p.schema(),
              p.command(),
              p.seconds(),
              p.state(),
              p.statement()
            })
        .toList();
  }

  /** Prepares a statement with {@code ?} parameters. */
  public PreparedPlan prepare(SessionContext session, String sql) {
    MySqlParser.Parsed parsed = MySqlParser.parse(sql, ParserOptions.of(session));
    List<ResultColumn> columns =
        switch (parsed.statement()) {
          case Statement.Query query ->
              bind(query, session, unknown(parsed.parameterCount())) instanceof BoundQuery bound
                  ? bound.columns()
                  : List.of();
          case Statement.Dml dml -> {
            bind(dml, session, unknown(parsed.parameterCount()));
            yield List.of();
          }
          case Statement.Explain explain -> Explanation.COLUMNS;
          case Statement.Ddl ddl -> List.of();
        };
    return new PreparedStatementPlan(sql, parsed.statement(), parsed.parameterCount(), columns);
  }

  private static List<Class<?>> unknown(int count) {
    return Collections.nCopies(count, null);
  }

  private BoundStatement bind(Statement statement, SessionContext session, List<Class<?>> classes) {
    return binder.bind(statement, session, classes);
  }

  /** Runs a prepared statement; {@code parameters} has a value (or null) for each {@code ?}. */
  public void execute(
      SessionContext session, PreparedPlan prepared, Object[] parameters, ResultSink sink) {
    PreparedStatementPlan statement = (PreparedStatementPlan) prepared;
    Object[] values = parameters == null ? NO_PARAMETERS : parameters;
    if (values.length != statement.parameterCount()) {
      throw SqlError.WRONG_ARGUMENTS.with("EXECUTE");
    }
    if (!statement.planned()) {
      unplanned(session, statement.statement(), values, sink);
      return;
    }
    run(
        session,
        values,
        sink,
        fresh -> {
          long version = engine.catalog().version();
          StatementPlan plan = fresh ? null : statement.current(version, session.planKey(), values);
          if (plan == null) {
            plan = plan(session, statement.sql(), statement::statement, values, version, fresh);
            statement.current(plan, session.planKey(), PlanKey.classes(values));
          }
          return plan;
        });
  }

  /** Runs one statement of text. */
  public void execute(SessionContext session, String sql, ResultSink sink) {
    ParserOptions options = ParserOptions.of(session);
    DigestedStatement digest = Digest.of(sql, options.lexer());
    if (!digest.kind().planned()) {
      MySqlParser.Parsed parsed = MySqlParser.parse(sql, options);
      requireNoParameters(parsed);
      unplanned(session, parsed.statement(), NO_PARAMETERS, sink);
      return;
    }
    Object[] parameters = digest.parameters();
    Supplier<Statement> statement =
        () -> {
          MySqlParser.Parsed parsed = MySqlParser.parse(digest, sql, options);
          if (parsed.parameterCount() != parameters.length) {
            requireNoParameters(parsed);
          }
          return parsed.statement();
        };
    run(
        session,
        parameters,
        sink,
        fresh ->
            plan(session, digest.text(), statement, parameters, engine.catalog().version(), fresh));
  }

  private static void requireNoParameters(MySqlParser.Parsed parsed) {
    if (parsed.parameterCount() > 0) {
      throw SqlError.PARSE.with("a ? stands only in a prepared statement");
    }
  }

  private void unplanned(
      SessionContext session, Statement statement, Object[] parameters, ResultSink sink) {
    switch (statement) {
      case Statement.Ddl ddl -> ddl(session, ddl, sink);
      case Statement.Explain explain -> explain(session, explain, parameters, sink);
      default ->
          run(
              session,
              parameters,
              sink,
              fresh -> planned(session, statement, parameters, engine.catalog().version()));
    }
  }

  /** A plan from the cache, or a new one. */
  private StatementPlan plan(
      SessionContext session,
      String text,
      Supplier<Statement> statement,
      Object[] parameters,
      long version,
      boolean fresh) {
    PlanKey key = new PlanKey(version, session.planKey(), text, PlanKey.classes(parameters));
    StatementPlan plan = fresh ? null : cache.get(key);
    if (plan == null) {
      plan = planned(session, statement.get(), parameters, version);
      if (plan.basis().cacheable()) {
        cache.put(key, plan);
      }
    }
    return plan;
  }

  private StatementPlan planned(
      SessionContext session, Statement statement, Object[] parameters, long version) {
    BoundStatement bound = bind(statement, session, Arrays.asList(PlanKey.classes(parameters)));
    return planner.plan(bound, session, parameters, version);
  }

  private interface PlanSource {
    /** {@code fresh}: not from a cache. */
    StatementPlan plan(boolean fresh);
  }

  private void run(
      SessionContext session, Object[] parameters, ResultSink sink, PlanSource source) {
    StatementPlan plan = null;
    Savepoint before = null;
    Transaction transaction = null;
    try {
      boolean begun = false;
      for (int attempt = 0; ; attempt++) {
        plan = source.plan(attempt > 0);
        if (plan.writes()) {
          requireWritable(session, plan);
        }
        List<TableDef> defs = plan.basis().tables();
        if (defs.isEmpty()) {
          plan.run(new Execution(parameters, session, null, NO_TABLES), sink);
          return;
        }
        transaction = session.transaction();
        if (!begun) {
          transaction.beginStatement();
          begun = true;
        }
        Table[] tables = open(session, transaction, plan, defs);
        if (tables != null) {
          if (plan.writes()) {
            before = transaction.savepoint();
          }
          plan.run(new Execution(parameters, session, transaction, tables), sink);
          return;
        }
        if (attempt == PLAN_ATTEMPTS) {
          throw SqlError.TABLE_DEF_CHANGED.with();
        }
      }
    } catch (EngineException e) {
      undo(transaction, before);
      throw EngineErrors.translated(e, written(plan), server.primaryAddress());
    } catch (RuntimeException | StackOverflowError e) {
      undo(transaction, before);
      throw e;
    }
  }

  /** The tables, or null when one is not what the plan was made for. */
  private Table[] open(
      SessionContext session, Transaction transaction, StatementPlan plan, List<TableDef> defs) {
    Table[] tables = new Table[defs.size()];
    TableDef changed = changed(plan);
    for (int i = 0; i < tables.length; i++) {
      TableDef def = defs.get(i);
      boolean writes = changed != null && def.id() == changed.id();
      if (session.tablesLocked()) {
        session.requireTable(def.schema(), def.name(), writes);
      }
      tables[i] =
          writes
              ? engine.openTableToWrite(transaction, def.schema(), def.name())
              : engine.openTable(transaction, def.schema(), def.name());
      TableDef now = tables[i].def();
      if (now != def && (now.id() != def.id() || now.version() != def.version())) {
        return null;
      }
    }
    return tables;
  }

  private void requireWritable(SessionContext session, StatementPlan plan) {
    boolean changes = plan.columns().isEmpty();
    if (changes && (engine.readOnly() || session.refusesWrites())) {
      throw EngineErrors.readOnly(null, server.primaryAddress());
    }
    if (changes && session.transaction().readOnly()) {
      throw SqlError.CANT_EXECUTE_IN_READ_ONLY_TRANSACTION.with();
    }
  }

  /** The table whose rows the statement changes; null for a query. */
  private static TableDef changed(StatementPlan plan) {
    return switch (plan) {
      case InsertPlan insert -> insert.target().table();
      case UpdatePlan update -> update.table();
      case DeletePlan delete -> delete.basis().tables().get(delete.ordinal());
      default -> null;
    };
  }

  private static String written(StatementPlan plan) {
    return switch (plan) {
      case InsertPlan insert -> insert.target().table().name();
      case UpdatePlan update -> update.table().name();
      case null, default -> "";
    };
  }

  private static void undo(Transaction transaction, Savepoint before) {
    if (before != null && transaction.active() && !transaction.rolledBack()) {
      transaction.rollbackTo(before);
    }
  }

  private void ddl(SessionContext session, Statement.Ddl ddl, ResultSink sink) {
    session.implicitCommit();
    if (engine.readOnly() || session.refusesWrites()) {
      throw EngineErrors.readOnly(null, server.primaryAddress());
    }
    try {
      DefaultCheck check = new DefaultCheck(binder);
      long[] affected = new long[1];
      Runnable work = () -> affected[0] = new DdlExecutor(engine, session, check).run(ddl);
      if (session.tablesLocked()) {
        DdlTarget.requireLocks(ddl, session);
        session.unlockedFor(work);
      } else {
        work.run();
      }
      sink.ok(affected[0], 0, "");
    } catch (EngineException e) {
      throw EngineErrors.translated(e, DdlTarget.name(ddl), server.primaryAddress());
    }
  }

  private void explain(
      SessionContext session, Statement.Explain explain, Object[] parameters, ResultSink sink) {
    try {
      StatementPlan plan =
          planned(session, explain.statement(), parameters, engine.catalog().version());
      Explanation.send(plan, explain, sink);
    } catch (EngineException e) {
      throw EngineErrors.translated(e, "", server.primaryAddress());
    }
  }

  /** Plans found in the cache since the start, and those made. */
  public long planCacheHits() {
    return cache.hits();
  }

  public long planCacheMisses() {
    return cache.misses();
  }

  public Engine engine() {
    return engine;
  }

  public ServerInfo server() {
    return server;
  }
}
