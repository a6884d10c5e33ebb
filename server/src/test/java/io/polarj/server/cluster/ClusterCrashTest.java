package io.polarj.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the whole process under writers, then a start: E2 and E5 over the whole road. */
final class ClusterCrashTest {
  private static final int WRITERS = 8;
  private static final int ACKED_BEFORE_KILL = 40;

  @TempDir Path data;

  @Test
  void everyAcknowledgedCommitIsThereAfterKillAndNoTransactionIsTorn() throws Exception {
    Files.writeString(
        data.resolve(Settings.FILE),
        "volume.size = 512M\nchunk.size = 128M\ndisk.size = 1G\ndisk.wal.size = 32M\n"
            + "buffer.pool.size = 32M\nredo.file.size = 4M\nredo.age.max = 32M\n");
    int port = TestPorts.freeBase();
    AtomicIntegerArray acked = new AtomicIntegerArray(WRITERS);
    Process process = startProcess(port);
    try {
      createTables(port);
      List<Thread> writers = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        int writer = w;
        writers.add(Thread.ofPlatform().start(() -> write(port, writer, acked)));
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> least(acked) >= ACKED_BEFORE_KILL);
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      for (Thread writer : writers) {
        writer.join(Duration.ofSeconds(60));
        assertThat(writer.isAlive()).isFalse();
      }
    } finally {
      process.destroyForcibly();
    }
    try (Cluster again = new ClusterStart(data, 0, port, false).run(step -> {})) {
      verify(port, acked);
    }
    assertThat(OfflineEngine.check(data, ClusterIdentity.read(data), Settings.read(data)))
        .isEmpty();
  }

  private Process startProcess(int port) throws IOException {
    Path output = data.resolve("up.out");
    Process process =
        new ProcessBuilder(
                JavaCommand.of(
                    List.of("-Xmx512m", "-XX:MaxDirectMemorySize=2g"),
                    List.of(
                        "up", "--data", data.toString(), "--readers", "0", "--port", "" + port)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> {
          assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
          return Files.readString(output).contains("\nready;");
        });
    return process;
  }

  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/", "root", "");
  }

  private static void createTables(int port) throws SQLException {
    try (Connection connection = connect(port);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE app");
      for (String table : List.of("a", "b")) {
        statement.execute(
            "CREATE TABLE app." + table + " (w INT, n INT, pad VARCHAR(200), PRIMARY KEY (w, n))");
      }
    }
  }

  /** Each transaction adds the same row to both tables. Ends when the server is gone. */
  private static void write(int port, int writer, AtomicIntegerArray acked) {
    try (Connection connection = connect(port);
        PreparedStatement a = connection.prepareStatement("INSERT INTO app.a VALUES (?, ?, ?)");
        PreparedStatement b = connection.prepareStatement("INSERT INTO app.b VALUES (?, ?, ?)")) {
      connection.setAutoCommit(false);
      for (int n = 1; ; n++) {
        for (PreparedStatement insert : List.of(a, b)) {
          insert.setInt(1, writer);
          insert.setInt(2, n);
          insert.setString(3, "x".repeat(150));
          insert.executeUpdate();
        }
        connection.commit();
        acked.set(writer, n);
      }
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).startsWith("08");
    }
  }

  private static int least(AtomicIntegerArray acked) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < acked.length(); i++) {
      least = Math.min(least, acked.get(i));
    }
    return least;
  }

  private static void verify(int port, AtomicIntegerArray acked) throws SQLException {
    try (Connection connection = connect(port);
        Statement statement = connection.createStatement()) {
      for (int writer = 0; writer < WRITERS; writer++) {
        long inA = rows(statement, "a", writer);
        assertThat(rows(statement, "b", writer))
            .as("writer %d, whole or absent", writer)
            .isEqualTo(inA);
        assertThat(inA)
            .as("writer %d: acknowledged, and at most one in doubt", writer)
            .isBetween((long) acked.get(writer), acked.get(writer) + 1L);
      }
    }
  }

  private static long rows(Statement statement, String table, int writer) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery("SELECT COUNT(*) FROM app." + table + " WHERE w = " + writer)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
