package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tools and pools ask of a connection. */
class MetadataTest {
  @TempDir static Path directory;
  private static ServerFixture server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerFixture.start(directory);
    try (Connection connection = DriverManager.getConnection(server.mariadbUrl(""));
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE person(id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(40) NOT"
              + " NULL DEFAULT 'nobody', born DATE, salary DECIMAL(12,2), PRIMARY KEY(id), UNIQUE"
              + " KEY by_name(name, born), KEY by_salary(salary)) COMMENT='people'");
      statement.execute("CREATE TABLE counter(id INT PRIMARY KEY, n INT NOT NULL)");
      statement.execute("INSERT INTO counter VALUES (1, 0)");
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String url(String driver) {
    return driver.equals("mysql") ? server.mysqlUrl("") : server.mariadbUrl("");
  }

  private static List<String> column(ResultSet rows, String... names) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (String name : names) {
          row.add(rows.getString(name));
        }
        values.add(String.join("|", row));
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void theDatabaseDescribesItself(String driver) throws Exception {
    try (Connection connection = DriverManager.getConnection(url(driver))) {
      DatabaseMetaData data = connection.getMetaData();
      assertThat(data.getDatabaseProductVersion()).startsWith("8.0.36");
      assertThat(column(data.getCatalogs(), "TABLE_CAT")).contains("test", "information_schema");
      assertThat(column(data.getTables("test", null, "%", new String[] {"TABLE"}), "TABLE_NAME"))
          .containsExactlyInAnyOrder("counter", "person");
      assertThat(column(data.getColumns("test", null, "person", "%"), "COLUMN_NAME", "IS_NULLABLE"))
          .containsExactly("id|NO", "name|NO", "born|YES", "salary|YES");
      assertThat(column(data.getColumns("test", null, "person", "salary"), "COLUMN_SIZE"))
          .containsExactly("12");
      assertThat(column(data.getColumns("test", null, "person", "id"), "IS_AUTOINCREMENT"))
          .containsExactly("YES");
      assertThat(column(data.getPrimaryKeys("test", null, "person"), "COLUMN_NAME"))
          .containsExactly("id");
      assertThat(
              column(
                  data.getIndexInfo("test", null, "person", false, true),
                  "INDEX_NAME",
                  "COLUMN_NAME"))
          .containsExactlyInAnyOrder(
              "PRIMARY|id", "by_name|name", "by_name|born", "by_salary|salary");
      assertThat(column(data.getIndexInfo("test", null, "person", true, true), "COLUMN_NAME"))
          .containsExactlyInAnyOrder("id", "name", "born");
      assertThat(column(data.getTypeInfo(), "TYPE_NAME")).contains("BIGINT", "VARCHAR");
      assertThat(column(data.getTableTypes(), "TABLE_TYPE")).contains("TABLE");
      assertThat(column(data.getImportedKeys("test", null, "person"), "FK_NAME")).isEmpty();
      assertThat(column(data.getExportedKeys("test", null, "person"), "FK_NAME")).isEmpty();
      assertThat(
              column(
                  data.getBestRowIdentifier(
                      "test", null, "person", DatabaseMetaData.bestRowSession, true),
                  "COLUMN_NAME"))
          .contains("id");
      assertThat(column(data.getProcedures("test", null, "%"), "PROCEDURE_NAME")).isEmpty();
      assertThat(data.getUserName()).startsWith("root");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void aPoolSharesConnectionsBetweenThreads(String driver) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(driver));
    config.setMaximumPoolSize(4);
    config.setKeepaliveTime(30_000);
    config.setAutoCommit(false);
    int threads = 8;
    int rounds = 25;
    int before;
    try (HikariDataSource pool = new HikariDataSource(config);
        ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      before = counter(pool);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            workers.submit(() -> {
              for (int round = 0; round < rounds; round++) {
                increment(pool);
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
      // what a borrower left uncommitted is gone when the next one comes
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE counter SET n = -1");
      }
      assertThat(counter(pool)).isEqualTo(before + threads * rounds);
    }
  }

  private static void increment(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement update =
            connection.prepareStatement("UPDATE counter SET n = n + ? WHERE id = ?")) {
      update.setInt(1, 1);
      update.setInt(2, 1);
      assertThat(update.executeUpdate()).isEqualTo(1);
      connection.commit();
    }
  }

  private static int counter(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT n FROM counter WHERE id = 1")) {
      row.next();
      return row.getInt(1);
    }
  }
}
