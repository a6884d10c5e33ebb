package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * COM_RESET_CONNECTION, which MySQL Connector/J sends for {@code resetServerState}. (MariaDB's
 * driver sends it to servers alone that call themselves MariaDB.)
 */
class ResetConnectionTest {
  @TempDir static Path directory;

  @Test
  void nothingOfTheSessionBeforeIsLeft() throws Exception {
    try (ServerFixture server = ServerFixture.start(directory);
        Connection connection =
            DriverManager.getConnection(server.mysqlUrl("useServerPrepStmts=true"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
      String fresh = settings(statement);
      statement.execute("SET @x = 5, sql_mode = 'ANSI_QUOTES', time_zone = '+05:00'");
      statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
      statement.execute("INSERT INTO t(v) VALUES (1)");
      statement.execute("SET autocommit = 0");
      statement.execute("INSERT INTO t(v) VALUES (2)");
      try (PreparedStatement prepared = connection.prepareStatement("SELECT 1 + ?")) {
        prepared.setInt(1, 1);
        prepared.executeQuery().close();
        assertThat(settings(statement)).isNotEqualTo(fresh);
        connection.unwrap(JdbcConnection.class).resetServerState();
        SQLException gone = catchThrowableOfType(SQLException.class, prepared::executeQuery);
        assertThat(gone.getErrorCode()).as("%s", gone).isEqualTo(1243);
      }
      assertThat(settings(statement)).isEqualTo(fresh);
      assertThat(one(statement, "SELECT COUNT(*) FROM t")).as("rolled back").isEqualTo("1");
      assertThat(one(statement, "SELECT DATABASE()")).isEqualTo("test");
    }
  }

  private static String settings(Statement statement) throws SQLException {
    return one(
        statement,
        "SELECT CONCAT_WS('|', IFNULL(@x, 'unset'), @@sql_mode, @@time_zone, @@autocommit,"
            + " @@transaction_isolation, LAST_INSERT_ID())");
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
