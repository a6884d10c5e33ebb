package io.polarj.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.server.config.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of processes under writers, in which one role after another is killed with SIGKILL: the
 * others serve on, the role comes back, no acknowledged commit is lost or torn, nothing that nobody
 * sent shows up, and in the end all nodes have the same rows and everything on the disks holds.
 */
final class ProcessCrashTest {
  private static final int WRITERS = 4;
  private static final int COMMITS_AFTER_KILL = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);
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
      process.heap = 256M
      """;

  @TempDir Path data;
  private Process up;
  private int port;

  @AfterEach
  void nothingStaysBehind() throws InterruptedException {
    if (up != null && up.isAlive()) {
      up.destroy(); // its roles end with it
      if (!up.waitFor(60, TimeUnit.SECONDS)) {
        up.destroyForcibly();
      }
    }
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void rolesThatAreKilledInTurnLoseNothingAndComeBack() throws Exception {
    Files.writeString(data.resolve(Settings.FILE), SMALL);
    port = TestPorts.freeBase();
    up = start("up.out", "up", "--readers", "2", "--port", "" + port, "--processes");
    await()
        .until(() -> {
          assertThat(up.isAlive()).as(output("up.out")).isTrue();
          return output("up.out").contains("\nready;");
        });
    createTables();
    List<Writer> writers = new ArrayList<>();
    for (int id = 1; id <= WRITERS; id++) {
      writers.add(new Writer(id, port));
    }
    writers.forEach(Writer::start);
    try {
      awaitCommits(writers);
      for (String role : List.of("chunkserver-1", "polarctrl", "replica-1", "primary")) {
        kill(role);
        if (role.startsWith("replica")) {
          execute("CREATE TABLE app.made_without_a_replica (id INT PRIMARY KEY)");
        }
        awaitCommits(writers);
        awaitReadyAgain(role);
      }
      awaitCommits(writers);
    } finally {
      for (Writer writer : writers) {
        writer.end();
      }
    }
    TreeMap<String, List<String>> rows = contents(port);
    for (Writer writer : writers) {
      writer.check(rows);
    }
    for (int replica = 1; replica <= 2; replica++) {
      int replicaPort = port + replica;
      await()
          .ignoreExceptionsInstanceOf(SQLException.class)
          .untilAsserted(() -> assertThat(contents(replicaPort).equals(rows)).isTrue());
    }
    run("down");
    assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(run("check")).contains("all is well");
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(100));
  }

  // Processes.

  private Process start(String output, String command, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(command, "--data", data.toString()));
    all.addAll(List.of(arguments));
    List<String> options = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1g");
    return new ProcessBuilder(JavaCommand.of(options, all))
        .redirectErrorStream(true)
        .redirectOutput(data.resolve(output).toFile())
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .start();
  }

  private String output(String name) throws IOException {
    return Files.readString(data.resolve(name));
  }

  /** Runs a command to its end; it has to succeed. */
  private String run(String command) throws Exception {
    Process process = start(command + ".out", command);
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output(command + ".out")).isZero();
    return output(command + ".out");
  }

  private int killedReady;

  private void kill(String role) throws IOException {
    ProcessHandle process = find(role);
    killedReady = timesReady(role);
    assertThat(process.destroyForcibly()).isTrue();
    await().until(() -> !process.isAlive());
  }

  private void awaitReadyAgain(String role) {
    await().until(() -> timesReady(role) > killedReady);
  }

  private int timesReady(String role) throws IOException {
    Path log = data.resolve("log").resolve(role + ".log");
    return (int) Files.readString(log).lines().filter(line -> line.startsWith("ready ")).count();
  }

  private ProcessHandle find(String role) {
    String[] words = role.split("-");
    List<String> expected =
        words.length == 1
            ? List.of("role", words[0])
            : List.of("role", words[0], "--node", words[1]);
    List<ProcessHandle> found =
        up.descendants()
            .filter(
                process -> (arguments(process) + " ").contains(String.join(" ", expected) + " "))
            .toList();
    assertThat(found).as("processes of " + role).hasSize(1);
    return found.getFirst();
  }

  /** From /proc, because the class path is longer than what the JDK reads of it. */
  private static String arguments(ProcessHandle process) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc", "" + process.pid(), "cmdline"));
      return new String(line, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return ""; // it has just ended
    }
  }

  // SQL.

  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + port + "/?connectTimeout=5000&socketTimeout=60000",
        "root",
        "");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connect(port);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void createTables() throws SQLException {
    execute("CREATE DATABASE app");
    execute("CREATE TABLE app.a (w INT, n INT, pad VARCHAR(200), PRIMARY KEY (w, n))");
    execute("CREATE TABLE app.b (w INT, n INT, pad VARCHAR(200), PRIMARY KEY (w, n), KEY (pad))");
    execute("CREATE TABLE app.newest (w INT PRIMARY KEY, n INT)");
    for (int id = 1; id <= WRITERS; id++) {
      execute("INSERT INTO app.newest VALUES (" + id + ", 0)");
    }
  }

  /** Every row of every table, as text in order of the primary key. */
  private static TreeMap<String, List<String>> contents(int port) throws SQLException {
    TreeMap<String, List<String>> contents = new TreeMap<>();
    try (Connection connection = connect(port);
        Statement statement = connection.createStatement()) {
      try (ResultSet tables = statement.executeQuery("SHOW TABLES FROM app")) {
        while (tables.next()) {
          contents.put(tables.getString(1), new ArrayList<>());
        }
      }
      for (String table : contents.keySet()) {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM app." + table)) {
          while (rows.next()) {
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              text.append(rows.getString(i)).append('|');
            }
            contents.get(table).add(text.toString());
          }
        }
        contents.get(table).sort(null);
      }
    }
    return contents;
  }

  private static void awaitCommits(List<Writer> writers) {
    for (Writer writer : writers) {
      int before = writer.commits();
      await()
          .untilAsserted(() ->
              assertThat(writer.commits())
                  .as(writer.lastError())
                  .isGreaterThanOrEqualTo(before + COMMITS_AFTER_KILL));
    }
  }
}
