package io.polarj.pfs.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.nio.PolarFileSystemProvider;
import io.polarj.pfs.volume.TestVolume;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.store.fs.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An H2 database on a volume: what it committed survives the death of its host. */
final class PolarFilePathTest {
  private static final String OPTIONS = ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
  private TestVolume volume;
  private FileSystem fileSystem;

  @BeforeAll
  static void register() {
    PolarFilePath.register();
  }

  @BeforeEach
  void mount() throws IOException {
    volume = TestVolume.make(64L << 20);
    fileSystem = PolarFileSystemProvider.mounted("h2", volume.mounted());
  }

  @AfterEach
  void unmount() throws IOException {
    fileSystem.close();
    volume.close();
  }

  private static Connection connect(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:h2:pfs://" + name + "/db/test" + OPTIONS, "sa", "");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  @Test
  void tablesAreThereAfterTheDatabaseWasClosed() throws Exception {
    try (Connection connection = connect("h2")) {
      execute(connection, "CREATE TABLE t(id INT PRIMARY KEY, v VARCHAR)");
      execute(connection, "INSERT INTO t SELECT x, 'row ' || x FROM system_range(1, 5000)");
      execute(connection, "UPDATE t SET v = 'odd' WHERE MOD(id, 2) = 1");
    }
    assertThat(Files.size(fileSystem.getPath("/db/test.mv.db"))).isPositive();
    try (Connection connection = connect("h2")) {
      assertThat(number(connection, "SELECT COUNT(*) FROM t WHERE v = 'odd'")).isEqualTo(2500);
      assertThat(number(connection, "SELECT COUNT(*) FROM t")).isEqualTo(5000);
    }
  }

  @Test
  void theShortFormOfTheUrlMeansTheSameFile() throws Exception {
    try (Connection connection = connect("h2")) {
      execute(connection, "CREATE TABLE t(id INT)");
    }
    try (Connection connection =
        DriverManager.getConnection("jdbc:h2:pfs:h2/db/test" + OPTIONS, "sa", "")) {
      assertThat(number(connection, "SELECT COUNT(*) FROM t")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8, 13, 21, 34, 55})
  void everyCommitSurvivesTheDeathOfTheHostAtAnyWrite(int writes) throws Exception {
    Connection dying = connect("h2");
    execute(dying, "CREATE TABLE t(id INT PRIMARY KEY, v VARCHAR)");
    int committed = 0;
    volume.dieAtWrite(writes);
    assertThat(dying.isValid(1)).isTrue();
    try {
      while (committed < 1000) {
        execute(dying, "INSERT INTO t VALUES(" + (committed + 1) + ", REPEAT('x', 500))");
        committed++;
      }
    } catch (SQLException e) {
      assertThat(e.getMessage()).isNotEmpty(); // the device is dead
    }
    assertThat(committed).isLessThan(1000);
    try (TestVolume next = volume.afterCrash();
        FileSystem after = PolarFileSystemProvider.mounted("after", next.mounted())) {
      assertThat(after.isOpen()).isTrue();
      try (Connection connection = connect("after")) {
        assertThat(number(connection, "SELECT COUNT(*) FROM t"))
            .isBetween((long) committed, committed + 1L);
        assertThat(number(connection, "SELECT COALESCE(MAX(id), 0) FROM t"))
            .isEqualTo(number(connection, "SELECT COUNT(*) FROM t"));
        execute(connection, "INSERT INTO t VALUES(-1, 'alive')");
      }
    }
    abandon(dying);
  }

  /** Ends the database that lost its device: it can not close in order any more. */
  private static void abandon(Connection connection) {
    assertThatThrownBy(
            () -> {
              execute(connection, "SHUTDOWN IMMEDIATELY");
              number(connection, "SELECT 1");
            })
        .isInstanceOf(SQLException.class);
  }

  @Test
  void filesAreListedMovedAndDeletedByH2() throws IOException {
    FileUtils.createDirectories("pfs://h2/a/b");
    assertThat(FileUtils.createFile("pfs://h2/a/f")).isTrue();
    assertThat(FileUtils.createFile("pfs://h2/a/f")).isFalse();
    assertThat(FileUtils.newDirectoryStream("pfs://h2/a"))
        .containsExactlyInAnyOrder("pfs://h2/a/b", "pfs://h2/a/f");
    FileUtils.move("pfs://h2/a/f", "pfs://h2/a/g");
    assertThat(FileUtils.exists("pfs://h2/a/g")).isTrue();
    assertThat(FileUtils.getParent("pfs://h2/a/g")).isEqualTo("pfs://h2/a");
    assertThat(FileUtils.getName("pfs://h2/a/g")).isEqualTo("g");
    FileUtils.deleteRecursive("pfs://h2/a", false);
    assertThat(FileUtils.exists("pfs://h2/a")).isFalse();
    assertThat(FileUtils.lastModified("pfs://h2/none")).isZero();
  }
}
