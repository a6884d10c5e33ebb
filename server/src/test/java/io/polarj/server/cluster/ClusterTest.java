package io.polarj.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole road in one process: a JDBC commit on the primary, read through JDBC on the replicas.
 */
final class ClusterTest {
  private static final String SMALL =
      """
      volume.size = 512M
      chunk.size = 128M
      disk.size = 1G
      disk.wal.size = 32M
      buffer.pool.size = 32M
      replica.buffer.pool.size = 16M
      redo.file.size = 4M
      redo.age.max = 32M
      """;

  @TempDir Path data;
  private int port;

  @BeforeEach
  void settings() throws IOException {
    Files.writeString(data.resolve(Settings.FILE), SMALL);
    port = TestPorts.freeBase();
  }

  private Cluster start(int readers) {
    return new ClusterStart(data, readers, port, false).run(step -> {});
  }

  private static Connection connect(int port, String schema) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + port + "/" + schema, "root", "");
  }

  private static long count(int port) throws SQLException {
    try (Connection connection = connect(port, "app");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM item")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      if (e.getErrorCode() == 1049 || e.getErrorCode() == 1146) {
        return -1; // the schema or table has not arrived yet
      }
      throw e;
    }
  }

  @Test
  void committedRowsAreReadOnEveryReplicaAndSurviveARestart() throws SQLException {
    try (Cluster cluster = start(2)) {
      assertThat(cluster.endpoints()).hasSize(1 + 3 + 1 + 2);
      try (Connection connection = connect(port, "");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE app");
        statement.execute("CREATE TABLE app.item (id INT PRIMARY KEY, name VARCHAR(40))");
        for (int i = 0; i < 100; i++) {
          statement.execute("INSERT INTO app.item VALUES (" + i + ", 'name " + i + "')");
        }
      }
      for (int replica = 1; replica <= 2; replica++) {
        int replicaPort = port + replica;
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count(replicaPort) == 100);
        refusesWrites(replicaPort);
      }
      refusesWrites(port + 3);
      assertThatThrownBy(() -> start(0))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("in use");
    }
    assertThat(DataDirectory.inUse(data)).isFalse();
    try (Cluster again = start(1)) {
      assertThat(count(port)).isEqualTo(100);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count(port + 1) == 100);
    }
    assertThat(OfflineEngine.check(data, ClusterIdentity.read(data), Settings.read(data)))
        .isEmpty();
  }

  private static void refusesWrites(int port) throws SQLException {
    try (Connection connection = connect(port, "app");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("INSERT INTO item VALUES (1000, 'x')"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1290));
      try (ResultSet flags = statement.executeQuery("SELECT @@read_only, @@innodb_read_only")) {
        flags.next();
        assertThat(flags.getInt(1)).isOne();
        assertThat(flags.getInt(2)).isOne();
      }
    }
  }

  @Test
  void takenPortAndDamagedIdentityAreRefusedAndNothingIsHarmed() throws IOException {
    try (ServerSocket taken = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(1))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
    assertThat(DataDirectory.inUse(data)).isFalse();
    Files.writeString(data.resolve(ClusterIdentity.FILE), "format = 1\ncluster.id = zz\n");
    assertThatThrownBy(() -> start(0))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("damaged");
    assertThat(Files.list(data).map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrder(Settings.FILE, ClusterIdentity.FILE, "lock");
  }

  @Test
  void unknownSettingIsRefusedByName() throws IOException {
    Files.writeString(data.resolve(Settings.FILE), "bufer.pool.size = 1G\n");
    assertThatThrownBy(() -> start(0))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("bufer.pool.size");
  }
}
