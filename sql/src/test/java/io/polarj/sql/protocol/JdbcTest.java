package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements, results and transactions as applications use them, through both stock drivers. */
class JdbcTest {
  @TempDir static Path directory;
  private static ServerFixture server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerFixture.start(directory);
    try (Connection connection = connect("mariadb", "");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE numbers(n INT PRIMARY KEY, pad VARCHAR(1000))");
      StringBuilder insert = new StringBuilder("INSERT INTO numbers VALUES (0,'')");
      for (int i = 1; i < 2000; i++) {
        insert.append(",(").append(i).append(",'").append("p".repeat(i % 200)).append("')");
      }
      statement.executeUpdate(insert.toString());
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Connection connect(String driver, String options) throws SQLException {
    return DriverManager.getConnection(
        driver.equals("mysql") ? server.mysqlUrl(options) : server.mariadbUrl(options));
  }

  /** A fresh table t(id auto_increment, v int, name unique). */
  private static void freshTable(Statement statement) throws SQLException {
    statement.execute("DROP TABLE IF EXISTS t");
    statement.execute(
        "CREATE TABLE t(id INT AUTO_INCREMENT PRIMARY KEY, v INT, name VARCHAR(20), UNIQUE KEY"
            + " by_name(name))");
  }

  private static String rows(Statement statement, String query) throws SQLException {
    List<String> all = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i));
        }
        all.add(String.join("|", row));
      }
    }
    return String.join(" ", all);
  }

  private interface Action {
    void run() throws SQLException;
  }

  private static void fails(Action action, int code, String state) {
    SQLException error = catchThrowableOfType(SQLException.class, action::run);
    assertThat((Throwable) error).isNotNull();
    assertThat(error.getErrorCode()).as(error.toString()).isEqualTo(code);
    assertThat(error.getSQLState()).as(error.toString()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "mariadb, useServerPrepStmts=false",
    "mariadb, useServerPrepStmts=true",
    "mariadb, useServerPrepStmts=true&useBulkStmts=true",
    "mysql, useServerPrepStmts=false",
    "mysql, useServerPrepStmts=true",
    "mysql, rewriteBatchedStatements=true",
    "mysql, rewriteBatchedStatements=true&useServerPrepStmts=true",
  })
  void batchesInsertAllRowsAndGiveKeys(String driver, String options) throws Exception {
    try (Connection connection = connect(driver, options);
        Statement statement = connection.createStatement()) {
      freshTable(statement);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO t(v, name) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
        for (int i = 1; i <= 100; i++) {
          insert.setInt(1, i);
          insert.setString(2, "name " + i);
          insert.addBatch();
        }
        int[] counts = insert.executeBatch();
        assertThat(counts).hasSize(100);
        assertThat(Arrays.stream(counts).allMatch(c -> c == 1 || c == Statement.SUCCESS_NO_INFO))
            .isTrue();
        try (ResultSet keys = insert.getGeneratedKeys()) {
          assertThat(keys.next()).isTrue();
          assertThat(keys.getInt(1)).isEqualTo(1);
        }
      }
      assertThat(rows(statement, "SELECT COUNT(*), SUM(v), MAX(id) FROM t"))
          .isEqualTo("100|5050|100");
      statement.addBatch("UPDATE t SET v = v + 1 WHERE id <= 10");
      statement.addBatch("DELETE FROM t WHERE id > 90");
      assertThat(statement.executeBatch()).containsExactly(10, 10);
      statement.executeUpdate(
          "INSERT INTO t(v, name) VALUES (1,'x'),(2,'y')", Statement.RETURN_GENERATED_KEYS);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        keys.next();
        assertThat(keys.getInt(1)).isEqualTo(101);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mysql, '', -2147483648",
    "mysql, useServerPrepStmts=true, -2147483648",
    "mysql, useCursorFetch=true, 100",
    "mariadb, '', 100",
    "mariadb, useServerPrepStmts=true, 100",
  })
  void rowsStream(String driver, String options, int fetchSize) throws Exception {
    try (Connection connection = connect(driver, options);
        PreparedStatement select =
            connection.prepareStatement("SELECT n, pad FROM numbers WHERE n >= ? ORDER BY n")) {
      select.setFetchSize(fetchSize);
      for (int from : new int[] {0, 1900, 5000}) {
        select.setInt(1, from);
        try (ResultSet rows = select.executeQuery()) {
          int expected = from;
          while (rows.next()) {
            assertThat(rows.getInt(1)).isEqualTo(expected);
            assertThat(rows.getString(2)).hasSize(expected % 200);
            expected++;
          }
          assertThat(expected).isEqualTo(Math.max(from, 2000));
        }
      }
      // a result closed half-way leaves the connection usable
      select.setInt(1, 0);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
      }
      try (Statement statement = connection.createStatement()) {
        assertThat(rows(statement, "SELECT COUNT(*) FROM numbers")).isEqualTo("2000");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void severalStatementsInOneText(String driver) throws Exception {
    try (Connection connection = connect(driver, "allowMultiQueries=true");
        Statement statement = connection.createStatement()) {
      freshTable(statement);
      boolean rows =
          statement.execute(
              "INSERT INTO t(v,name) VALUES (1,'a;b'),(2,'c'); /* ; */ SELECT v FROM t ORDER BY v;"
                  + " UPDATE t SET v=9 -- ;\n WHERE v=1; SELECT 'last'");
      assertThat(rows).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(2);
      assertThat(statement.getMoreResults()).isTrue();
      try (ResultSet result = statement.getResultSet()) {
        result.next();
        assertThat(result.getInt(1)).isEqualTo(1);
      }
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(1);
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
      fails(() -> statement.execute("SELECT 1; SELECT * FROM nosuch; SELECT 2"), 1146, "42S02");
    }
    try (Connection connection = connect(driver, "");
        Statement statement = connection.createStatement()) {
      fails(() -> statement.execute("SELECT 1; SELECT 2"), 1064, "42000");
      assertThat(statement.execute("SELECT 1;")).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void transactionsSavepointsAndIsolation(String driver) throws Exception {
    try (Connection one = connect(driver, "");
        Connection two = connect(driver, "");
        Statement first = one.createStatement();
        Statement second = two.createStatement()) {
      freshTable(first);
      assertThat(one.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      one.setAutoCommit(false);
      first.executeUpdate("INSERT INTO t(v) VALUES (1)");
      Savepoint savepoint = one.setSavepoint("here");
      first.executeUpdate("INSERT INTO t(v) VALUES (2)");
      one.rollback(savepoint);
      Savepoint unnamed = one.setSavepoint();
      first.executeUpdate("INSERT INTO t(v) VALUES (3)");
      one.releaseSavepoint(unnamed);
      assertThat(rows(second, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      one.commit();
      assertThat(rows(second, "SELECT v FROM t ORDER BY v")).isEqualTo("1 3");
      first.executeUpdate("DELETE FROM t");
      one.rollback();
      assertThat(rows(first, "SELECT COUNT(*) FROM t")).isEqualTo("2");
      two.setAutoCommit(false);
      two.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(two.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(rows(second, "SELECT COUNT(*) FROM t")).isEqualTo("2");
      first.executeUpdate("INSERT INTO t(v) VALUES (4)");
      one.commit();
      assertThat(rows(second, "SELECT COUNT(*) FROM t")).isEqualTo("3");
      two.commit();
      two.setReadOnly(true);
      two.rollback();
      two.setReadOnly(false);
      second.execute("START TRANSACTION READ ONLY");
      fails(() -> second.executeUpdate("INSERT INTO t(v) VALUES (5)"), 1792, "25006");
      two.rollback();
      second.execute("SET SESSION TRANSACTION READ ONLY");
      fails(() -> second.executeUpdate("INSERT INTO t(v) VALUES (5)"), 1792, "25006");
      two.rollback();
      second.execute("SET SESSION TRANSACTION READ WRITE");
      assertThat(second.executeUpdate("INSERT INTO t(v) VALUES (5)")).isEqualTo(1);
      two.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void errorsHaveTheirCodes(String driver) throws Exception {
    try (Connection connection = connect(driver, "");
        Statement statement = connection.createStatement()) {
      freshTable(statement);
      statement.executeUpdate("INSERT INTO t VALUES (1, 1, 'a')");
      fails(() -> statement.executeUpdate("INSERT INTO t VALUES (1, 1, 'b')"), 1062, "23000");
      fails(() -> statement.executeUpdate("INSERT INTO t VALUES (2, 1, 'a')"), 1062, "23000");
      fails(() -> statement.executeQuery("SELECT * FROM nosuch"), 1146, "42S02");
      fails(() -> statement.execute("SELEC 1"), 1064, "42000");
      fails(() -> statement.executeQuery("SELECT nosuch FROM t"), 1054, "42S22");
      fails(() -> statement.execute("USE nosuch"), 1049, "42000");
      fails(() -> statement.execute("CREATE TABLE t(a INT)"), 1050, "42S01");
      fails(() -> statement.execute("SET @@nosuch = 1"), 1193, "HY000");
      fails(() -> statement.execute("KILL 999999"), 1094, "HY000");
      fails(() -> statement.execute("INSERT INTO t(name) VALUES (REPEAT('x',21))"), 1406, "22001");
      assertThat(rows(statement, "SELECT COUNT(*) FROM t")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void lockWaitsEndByTimeoutAndDeadlocksByAVictim(String driver) throws Exception {
    try (Connection one = connect(driver, "");
        Connection two = connect(driver, "");
        Statement first = one.createStatement();
        Statement second = two.createStatement()) {
      freshTable(first);
      first.executeUpdate("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      first.executeUpdate("UPDATE t SET v = 10 WHERE id = 1");
      second.execute("SET innodb_lock_wait_timeout = 1");
      fails(() -> second.executeUpdate("UPDATE t SET v = 20 WHERE id = 1"), 1205, state(driver));
      two.rollback();
      second.execute("SET innodb_lock_wait_timeout = 50");
      second.executeUpdate("UPDATE t SET v = 20 WHERE id = 2");
      try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
        Future<SQLException> other =
            threads.submit(() ->
                catchThrowableOfType(
                    SQLException.class,
                    () -> first.executeUpdate("UPDATE t SET v = 11 WHERE id = 2")));
        SQLException mine =
            catchThrowableOfType(
                SQLException.class, () -> second.executeUpdate("UPDATE t SET v = 21 WHERE id = 1"));
        if (mine != null) {
          two.rollback();
        }
        SQLException others = other.get(30, TimeUnit.SECONDS);
        SQLException victim = mine == null ? others : mine;
        assertThat((Throwable) victim).isNotNull();
        assertThat(victim.getErrorCode()).isEqualTo(1213);
        assertThat(victim.getSQLState()).isEqualTo("40001");
      }
      one.rollback();
      two.rollback();
    }
  }

  /** Connector/J gives lock wait time-outs a state of its own. */
  private static String state(String driver) {
    return driver.equals("mysql") ? "40001" : "HY000";
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void updateCountsAreFoundRowsUnlessTheClientWantsAffected(String driver) throws Exception {
    for (boolean affected : new boolean[] {false, true}) {
      try (Connection connection = connect(driver, "useAffectedRows=" + affected);
          Statement statement = connection.createStatement()) {
        freshTable(statement);
        statement.executeUpdate("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
        assertThat(statement.executeUpdate("UPDATE t SET v = 1")).isEqualTo(affected ? 1 : 2);
        assertThat(
                statement.executeUpdate(
                    "INSERT INTO t VALUES (1, 1, 'a') ON DUPLICATE KEY UPDATE v = 1"))
            .isEqualTo(affected ? 0 : 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void warningsReachTheStatement(String driver) throws Exception {
    try (Connection connection = connect(driver, "");
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS nosuch");
      assertThat((Throwable) statement.getWarnings()).isNotNull();
      assertThat(statement.getWarnings().getErrorCode()).isEqualTo(1051);
      statement.execute("SELECT 1");
      assertThat((Throwable) statement.getWarnings()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void killEndsAStatementOrAConnection(String driver) throws Exception {
    try (Connection blocker = connect(driver, "");
        Connection waiter = connect(driver, "");
        Connection killer = connect(driver, "");
        Statement block = blocker.createStatement();
        Statement wait = waiter.createStatement();
        Statement kill = killer.createStatement()) {
      freshTable(block);
      block.executeUpdate("INSERT INTO t VALUES (1, 1, 'a')");
      blocker.setAutoCommit(false);
      block.executeUpdate("UPDATE t SET v = 2");
      String id = rows(wait, "SELECT CONNECTION_ID()");
      try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
        Future<SQLException> interrupted =
            threads.submit(() ->
                catchThrowableOfType(
                    SQLException.class, () -> wait.executeUpdate("UPDATE t SET v = 3")));
        awaitRunning(kill, id);
        kill.execute("KILL QUERY " + id);
        SQLException error = interrupted.get(30, TimeUnit.SECONDS);
        assertThat(error.getErrorCode()).isEqualTo(1317);
        assertThat(error.getSQLState()).isEqualTo("70100");
        assertThat(rows(wait, "SELECT 1")).isEqualTo("1");
        Future<SQLException> ended =
            threads.submit(() ->
                catchThrowableOfType(
                    SQLException.class, () -> wait.executeUpdate("UPDATE t SET v = 4")));
        awaitRunning(kill, id);
        kill.execute("KILL " + id);
        assertThat(ended.get(30, TimeUnit.SECONDS).getSQLState()).matches("08...|70100");
        Awaitility.await().until(() -> !rows(kill, "SHOW PROCESSLIST").contains(id + "|root"));
      }
      blocker.rollback();
      assertThat(rows(kill, "SELECT v FROM t")).isEqualTo("1");
    }
  }

  private static void awaitRunning(Statement statement, String id) {
    Awaitility.await()
        .until(() ->
            rows(statement, "SHOW FULL PROCESSLIST").contains("UPDATE t SET v")
                && rows(statement, "SHOW FULL PROCESSLIST").contains(id + "|root"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void aStatementTimeoutCancelsAtTheServer(String driver) throws Exception {
    try (Connection blocker = connect(driver, "");
        Connection waiter = connect(driver, "");
        Statement block = blocker.createStatement();
        Statement wait = waiter.createStatement()) {
      freshTable(block);
      block.executeUpdate("INSERT INTO t VALUES (1, 1, 'a')");
      blocker.setAutoCommit(false);
      block.executeUpdate("UPDATE t SET v = 2");
      wait.setQueryTimeout(1);
      SQLException error =
          catchThrowableOfType(SQLException.class, () -> wait.executeUpdate("UPDATE t SET v = 3"));
      assertThat((Throwable) error).isInstanceOf(java.sql.SQLTimeoutException.class);
      blocker.rollback();
      assertThat(rows(wait, "SELECT v FROM t")).isEqualTo("1");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsUpOnlyItself() throws Exception {
    try (Connection slow = connect("mysql", "");
        Connection other = connect("mysql", "");
        Statement stream = slow.createStatement();
        Statement probe = other.createStatement()) {
      stream.setFetchSize(Integer.MIN_VALUE);
      // 2000 x 2000 rows: hundreds of megabytes, which the test's heap could not hold
      ResultSet rows = stream.executeQuery("SELECT a.pad, b.pad, a.n FROM numbers a, numbers b");
      assertThat(rows.next()).isTrue();
      long before = io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      for (int i = 0; i < 200; i++) {
        assertThat(rows(probe, "SELECT COUNT(*) FROM numbers")).isEqualTo("2000");
      }
      long after = io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      assertThat(after - before).isLessThan(32L << 20);
      slow.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).abortInternal();
      Awaitility.await()
          .until(() -> !rows(probe, "SHOW FULL PROCESSLIST").contains("numbers a, numbers b"));
    }
  }
}
