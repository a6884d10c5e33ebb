package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.polarj.sql.protocol.auth.AuthPlugin;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with stock drivers: passwords by both methods, TLS, refusals. */
class ConnectTest {
  @TempDir static Path directory;

  private static String url(String driver, int port, String rest) {
    return "jdbc:" + driver + "://127.0.0.1:" + port + "/" + rest;
  }

  static String one(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @EnumSource(AuthPlugin.class)
  void usersLogInByEitherMethodWithAndWithoutPassword(AuthPlugin plugin, @TempDir Path data)
      throws Exception {
    try (ServerFixture server = ServerFixture.start(data, plugin, null)) {
      for (String driver : new String[] {"mariadb", "mysql"}) {
        String url = url(driver, server.port, "?allowPublicKeyRetrieval=true&sslMode=DISABLED");
        try (Connection none = DriverManager.getConnection(url, "root", "")) {
          assertThat(one(none, "SELECT CURRENT_USER()")).isEqualTo("root@localhost");
          assertThat(none.getCatalog()).isNullOrEmpty();
        }
        try (Connection ann = DriverManager.getConnection(url, "ann", ServerFixture.PASSWORD)) {
          assertThat(one(ann, "SELECT USER()")).isEqualTo("ann@localhost");
        }
        for (String[] wrong : new String[][] {{"ann", "guess"}, {"ann", ""}, {"bob", "x"}}) {
          SQLException denied =
              catchThrowableOfType(
                  SQLException.class, () -> DriverManager.getConnection(url, wrong[0], wrong[1]));
          assertThat(denied.getErrorCode()).as(driver + " " + wrong[0]).isEqualTo(1045);
          assertThat(denied.getSQLState()).isEqualTo("28000");
        }
      }
      assertThat(server.services.sessions().size()).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mariadb, sslMode=trust",
    "mysql, sslMode=REQUIRED",
  })
  void connectionsAreEncryptedWhenTheClientAsks(String driver, String option, @TempDir Path data)
      throws Exception {
    try (ServerFixture server =
        ServerFixture.start(data, AuthPlugin.SHA2, SelfSigned.context(data))) {
      String url = url(driver, server.port, "test?" + option);
      try (Connection ann = DriverManager.getConnection(url, "ann", ServerFixture.PASSWORD);
          Statement statement = ann.createStatement()) {
        statement.execute("CREATE TABLE t(a LONGTEXT)");
        statement.execute("INSERT INTO t VALUES (REPEAT('tls ', 100000))");
        assertThat(one(ann, "SELECT a FROM t")).hasSize(400000).startsWith("tls tls");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void theReadOnlyPortReadsAndRefusesWrites(String driver, @TempDir Path data) throws Exception {
    try (ServerFixture server = ServerFixture.start(data)) {
      try (Connection writer =
              DriverManager.getConnection(url(driver, server.port, "test?user=root"));
          Connection reader =
              DriverManager.getConnection(url(driver, server.readOnlyPort, "test?user=root"));
          Statement write = writer.createStatement();
          Statement read = reader.createStatement()) {
        write.execute("CREATE TABLE t(a INT PRIMARY KEY)");
        write.execute("INSERT INTO t VALUES (1)");
        assertThat(one(reader, "SELECT a FROM t")).isEqualTo("1");
        assertThat(one(reader, "SELECT @@read_only")).isEqualTo("1");
        assertThat(one(writer, "SELECT @@read_only")).isEqualTo("0");
        for (String sql :
            new String[] {
              "INSERT INTO t VALUES (2)",
              "UPDATE t SET a = 3",
              "DELETE FROM t",
              "DROP TABLE t",
              "CREATE TABLE u(a INT)",
              "TRUNCATE TABLE t"
            }) {
          SQLException refused =
              catchThrowableOfType(SQLException.class, () -> read.executeUpdate(sql));
          assertThat(refused.getErrorCode()).as(sql).isEqualTo(1290);
          assertThat(refused.getSQLState()).isEqualTo("HY000");
        }
        assertThat(one(writer, "SELECT COUNT(*) FROM t")).isEqualTo("1");
      }
    }
  }

  @Test
  void unknownDatabaseIsError1049(@TempDir Path data) throws Exception {
    try (ServerFixture server = ServerFixture.start(data)) {
      for (String driver : new String[] {"mariadb", "mysql"}) {
        SQLException unknown =
            catchThrowableOfType(
                SQLException.class,
                () -> DriverManager.getConnection(url(driver, server.port, "nosuch?user=root")));
        assertThat(unknown.getErrorCode()).isEqualTo(1049);
        assertThat(unknown.getSQLState()).isEqualTo("42000");
      }
    }
  }

  @Test
  void aConnectionChangesItsUserAndEndsWhenThatFails(@TempDir Path data) throws Exception {
    try (ServerFixture server = ServerFixture.start(data);
        Connection connection =
            DriverManager.getConnection(url("mysql", server.port, "test?user=root"))) {
      var mysql = connection.unwrap(com.mysql.cj.jdbc.JdbcConnection.class);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET @mine = 1");
      }
      mysql.changeUser("ann", ServerFixture.PASSWORD);
      assertThat(one(connection, "SELECT USER()")).isEqualTo("ann@localhost");
      assertThat(one(connection, "SELECT @mine")).isNull();
      SQLException denied =
          catchThrowableOfType(SQLException.class, () -> mysql.changeUser("root", "wrong"));
      assertThat(denied.getErrorCode()).isEqualTo(1045);
      assertThatThrownBy(() -> one(connection, "SELECT 1")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void resetForgetsVariablesAndTheTransaction(@TempDir Path data) throws Exception {
    try (ServerFixture server = ServerFixture.start(data);
        Connection connection =
            DriverManager.getConnection(url("mysql", server.port, "test?user=root"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(a INT PRIMARY KEY)");
      statement.execute("SET @mine = 1");
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1)");
      connection.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).resetServerState();
      assertThat(one(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      assertThat(one(connection, "SELECT @mine")).isNull();
      assertThat(one(connection, "SELECT DATABASE()")).isEqualTo("test");
    }
  }
}
