package io.polarj.sql.admin;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.lex.Lexer;
import io.polarj.sql.lex.LexerOptions;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.lex.UnterminatedException;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The way in: tells session statements from the rest and runs them. Used by the connection's thread
 * alone.
 */
public final class SessionStatements {
  private static final Set<String> FIRST_WORDS =
      Set.of(
          "BEGIN",
          "START",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT",
          "RELEASE",
          "SET",
          "SHOW",
          "USE",
          "KILL",
          "DESCRIBE",
          "DESC",
          "FLUSH",
          "UNLOCK",
          "LOCK",
          "ANALYZE",
          "DO");

  /** Statements of MySQL's that are not built: error 1235 says so better than a syntax error. */
  private static final Set<String> NOT_BUILT =
      Set.of(
          "GRANT",
          "REVOKE",
          "CHECK",
          "CHECKSUM",
          "OPTIMIZE",
          "REPAIR",
          "HANDLER",
          "LOAD",
          "CALL",
          "PREPARE",
          "EXECUTE",
          "DEALLOCATE",
          "RESET",
          "SHUTDOWN",
          "INSTALL",
          "UNINSTALL",
          "HELP",
          "XA");

  private final SqlEngine engine;
  private final Session session;

  public SessionStatements(SqlEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  /** Whether the statement is one of these; cheap, because it is asked for every statement. */
  public static boolean handles(String sql) {
    String first = firstWord(sql);
    if (first.equals("EXPLAIN")) {
      return explainsTable(sql);
    }
    return FIRST_WORDS.contains(first) || NOT_BUILT.contains(first);
  }

  /** Whether the statement leaves the warnings of the one before as they are. */
  public static boolean keepsWarnings(String sql) {
    if (!firstWord(sql).equals("SHOW")) {
      return false;
    }
    String upper = sql.toUpperCase(Locale.ROOT);
    return upper.contains("WARNINGS") || upper.contains("ERRORS");
  }

  /** The first word in upper case, comments and parentheses skipped; empty when there is none. */
  private static String firstWord(String sql) {
    Lexer lexer = new Lexer(sql, LexerOptions.DEFAULT);
    try {
      lexer.advance();
      while (lexer.operator().equals("(")) {
        lexer.advance();
      }
    } catch (UnterminatedException e) {
      return ""; // the parser tells where
    }
    return lexer.kind() == TokenKind.WORD
        ? sql.substring(lexer.start(), lexer.end()).toUpperCase(Locale.ROOT)
        : "";
  }

  /** EXPLAIN of a table name is DESCRIBE; EXPLAIN of a statement is the planner's. */
  private static boolean explainsTable(String sql) {
    Lexer lexer = new Lexer(sql, LexerOptions.DEFAULT);
    try {
      lexer.advance();
      lexer.advance();
    } catch (UnterminatedException e) {
      return false;
    }
    if (lexer.kind() == TokenKind.QUOTED_IDENTIFIER) {
      return true;
    }
    return switch (sql.substring(lexer.start(), lexer.end()).toUpperCase(Locale.ROOT)) {
      case "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "REPLACE",
          "WITH",
          "TABLE",
          "FORMAT",
          "ANALYZE",
          "EXTENDED",
          "PARTITIONS",
          "(",
          "VALUES" ->
          false;
      default -> true;
    };
  }

  public void execute(String sql, ResultSink sink) {
    Words words = new Words(sql, ParserOptions.of(session).lexer());
    while (words.acceptSymbol("(")) {
      // a parenthesis before a session statement is a syntax error that the statement itself
      // reports
      continue;
    }
    String first = words.next().text().toUpperCase(Locale.ROOT);
    switch (first) {
      case "SHOW" -> new ShowStatement(words, session, engine).run(sink);
      case "DESCRIBE", "DESC", "EXPLAIN" ->
          new ShowStatement(words, session, engine).describe(sink);
      case "ANALYZE" -> analyze(words, sink);
      default -> {
        runWithoutRows(first, words);
        sink.ok(0, 0, "");
      }
    }
  }

  private void runWithoutRows(String first, Words words) {
    switch (first) {
      case "BEGIN" -> TransactionStatements.begin(words, session);
      case "START" -> TransactionStatements.start(words, session);
      case "COMMIT" -> TransactionStatements.commit(words, session);
      case "ROLLBACK" -> TransactionStatements.rollback(words, session);
      case "SAVEPOINT" -> TransactionStatements.savepoint(words, session);
      case "RELEASE" -> TransactionStatements.release(words, session);
      case "SET" -> new SetStatement(words, session, this::evaluate).run();
      case "USE" -> {
        String schema = words.name();
        words.expectEnd();
        session.currentSchema(schema);
      }
      case "KILL" -> kill(words);
      case "DO" -> {
        do {
          evaluate(words.expressionText());
        } while (words.acceptSymbol(","));
        words.expectEnd();
      }
      case "LOCK" -> LockStatements.lock(words, session);
      case "UNLOCK" -> LockStatements.unlock(words, session);
      case "FLUSH" -> flush(words);
      default ->
          throw NOT_BUILT.contains(first)
              ? SqlError.NOT_SUPPORTED_YET.with(first)
              : words.syntaxError();
    }
  }

  private void kill(Words words) {
    boolean connection = true;
    if (words.accept("QUERY")) {
      connection = false;
    } else {
      words.accept("CONNECTION");
    }
    long id = words.number();
    words.expectEnd();
    session.services().sessions().kill(id, connection);
  }

  /** Nothing is cached that FLUSH could empty: tables and accounts are always current. */
  private static void flush(Words words) {
    words.accept("NO_WRITE_TO_BINLOG");
    words.accept("LOCAL");
    String what = words.name().toUpperCase(Locale.ROOT);
    if (!Set.of("TABLES", "TABLE", "PRIVILEGES", "STATUS", "LOGS", "HOSTS").contains(what)
        || words.peek().is("WITH")) {
      throw SqlError.NOT_SUPPORTED_YET.with("FLUSH " + what);
    }
  }

  /** Statistics are kept up to date by themselves; the tables are only looked up. */
  private void analyze(Words words, ResultSink sink) {
    words.accept("NO_WRITE_TO_BINLOG");
    words.accept("LOCAL");
    words.expect("TABLE");
    ShowTable result = new ShowTable().text("Table", "Op", "Msg_type", "Msg_text");
    do {
      TableName name = TableName.parse(words, session);
      boolean there = engine.engine().catalog().table(name.schema(), name.table()) != null;
      result.row(
          name.schema() + "." + name.table(),
          "analyze",
          there ? "status" : "Error",
          there ? "OK" : "Table '" + name.schema() + "." + name.table() + "' doesn't exist");
    } while (words.acceptSymbol(","));
    words.expectEnd();
    result.send(sink, row -> true);
  }

  /** The value of an expression in this session. */
  private Object evaluate(String expression) {
    OneValue value = new OneValue();
    engine.execute(session, "SELECT " + expression, value);
    return value.value;
  }

  private static final class OneValue implements ResultSink {
    private final List<ResultColumn> columns = new ArrayList<>();
    private Object value;

    @Override
    public void columns(List<ResultColumn> resultColumns) {
      columns.addAll(resultColumns);
      if (columns.size() != 1) {
        throw SqlError.OPERAND_COLUMNS.with(1);
      }
    }

    @Override
    public void row(Object[] values) {
      value =
          values[0] instanceof byte[] bytes
                  && columns.get(0).type().collation() != null
                  && columns.get(0).type().collation() != io.polarj.engine.schema.Collation.BINARY
              ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
              : values[0];
    }

    @Override
    public void end() {}

    @Override
    public void ok(long affectedRows, long lastInsertId, String info) {
      throw new IllegalStateException("an expression has a value");
    }
  }
}
