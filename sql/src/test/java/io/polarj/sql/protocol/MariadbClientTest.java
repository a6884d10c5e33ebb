package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command-line programs {@code mariadb} and {@code mariadb-dump} against a whole server. */
class MariadbClientTest {
  private static final String TABLES =
      """
      CREATE TABLE customers (
        id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL DEFAULT 'x''y',
        email VARCHAR(200) DEFAULT NULL COMMENT 'mail; it''s',
        created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        PRIMARY KEY (id), UNIQUE KEY email (email), KEY name (name(20), created)
      ) ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COMMENT='our customers';
      CREATE TABLE all_types (id INT PRIMARY KEY, tu TINYINT UNSIGNED, bi BIGINT,
        bu BIGINT UNSIGNED, de DECIMAL(30,10), fl FLOAT, db DOUBLE, bt BIT(10), yr YEAR, da DATE,
        tm TIME(3), dt DATETIME(6), ts TIMESTAMP(3) NULL, ch CHAR(10), bin BINARY(4),
        vb VARBINARY(20), tx TEXT, bl BLOB, en ENUM('red','green'), se SET('a','b','c'), js JSON);
      CREATE TABLE `odd name` (`a b` INT, `select` VARCHAR(10) COLLATE utf8mb4_bin, `q``q` TEXT,
        PRIMARY KEY (`a b`));
      CREATE TABLE empty_one (k VARCHAR(20) PRIMARY KEY);
      INSERT INTO customers (name, email) VALUES ('Ann', 'ann@example.org'), ('Bob', NULL),
        ('Zoë "Q" O''Neil\\\\\\n😀', 'z@example.org');
      DELETE FROM customers WHERE name = 'Bob';
      INSERT INTO all_types VALUES (1, 255, -9223372036854775808, 18446744073709551615,
        12345678901234567890.0123456789, 1.5, 3.141592653589793, b'1000100111', 2024, '1999-12-31',
        '-01:02:03.004', '2024-02-29 13:14:15.123456', '2024-02-29 13:14:15.5', 'char é',
        x'010002ff', x'80275c00', 'text\\n\\0end', x'00ff0a0d1a5c2722', 'green', 'a,c',
        '{"a": [1, 2]}');
      INSERT INTO all_types (id) VALUES (2);
      INSERT INTO `odd name` VALUES (1, 'x', 'y'), (2, 'X', 'ü');
      """;

  @TempDir static Path directory;
  private static ServerFixture server;

  @BeforeAll
  static void start() throws Exception {
    for (String program : List.of("mariadb", "mariadb-dump")) {
      assumeTrue(
          installed(program),
          "the program " + program + " is not installed: its tests are skipped");
    }
    server = ServerFixture.start(Files.createDirectory(directory.resolve("data")));
    sql("", "CREATE DATABASE shop");
    sql("shop", TABLES);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static boolean installed(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /** What the program printed, errors included; its input is the text. */
  private static String run(String input, String program, String... arguments)
      throws IOException, InterruptedException {
    Path in = Files.writeString(directory.resolve("in.sql"), input);
    return new String(runOn(in, 0, program, arguments), StandardCharsets.UTF_8);
  }

  private static byte[] runOn(Path input, int exitCode, String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "--no-defaults",
                "--host=127.0.0.1",
                "--port=" + server.port,
                "--user=root",
                "--default-character-set=utf8mb4"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s has ended", command).isTrue();
    byte[] printed = Files.readAllBytes(output);
    assertThat(process.exitValue())
        .as("%s printed: %s", command, new String(printed, StandardCharsets.UTF_8))
        .isEqualTo(exitCode);
    return printed;
  }

  private static String sql(String schema, String text, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("--database=" + schema);
    return run(text, "mariadb", arguments.toArray(String[]::new));
  }

  private static byte[] dump(String... arguments) throws Exception {
    return runOn(Path.of("/dev/null"), 0, "mariadb-dump", arguments);
  }

  @Test
  void batchPrintsRowsAndStopsAtTheFirstError() throws Exception {
    assertThat(sql("shop", "SELECT `a b`, `select` FROM `odd name`; SELECT 'a\\tb' AS t, NULL;"))
        .isEqualTo("a b\tselect\n1\tx\n2\tX\nt\tNULL\na\\tb\tNULL\n");
    Path in =
        Files.writeString(
            directory.resolve("bad.sql"), "SELECT 1;\nSELECT nothing;\nSELECT 'never';\n");
    String printed = new String(runOn(in, 1, "mariadb", "shop"), StandardCharsets.UTF_8);
    assertThat(printed).contains("ERROR 1054 (42S22) at line 2").doesNotContain("never");
  }

  @Test
  void interactiveStartShowsStatusAndTables() throws Exception {
    // --table and --auto-rehash: what an interactive client asks for when it starts
    String printed =
        sql("shop", "\\s\nSHOW TABLES;\nSHOW WARNINGS;\n", "--table", "--auto-rehash", "--force");
    assertThat(printed)
        .contains("Current database:\tshop")
        .contains("Server version:")
        .contains("Threads: ")
        .contains("| Tables_in_shop |")
        .contains("| odd name       |");
  }

  @Test
  void describeAndShowCreateTableTellTheDefinition() throws Exception {
    assertThat(sql("shop", "DESCRIBE customers", "--table"))
        .contains("| id      | int unsigned | NO   | PRI  | NULL              | auto_increment")
        .contains("| email   | varchar(200) | YES  | UNI  | NULL ");
    assertThat(sql("shop", "SHOW CREATE TABLE customers\\G"))
        .contains("Create Table: CREATE TABLE `customers` (")
        .contains("`id` int unsigned NOT NULL AUTO_INCREMENT")
        .contains("KEY `name` (`name`(20),`created`)")
        .contains(") ENGINE=InnoDB AUTO_INCREMENT=103 DEFAULT CHARSET=utf8mb4");
  }

  /** The dump has LOCK TABLES, DISABLE KEYS, saved settings and DROP TABLE; it is not edited. */
  @Test
  void dumpReloadsUnchanged() throws Exception {
    byte[] before = dump("--skip-dump-date", "shop");
    assertThat(new String(before, StandardCharsets.ISO_8859_1))
        .contains("LOCK TABLES `customers` WRITE;", "DISABLE KEYS", "UNLOCK TABLES;");
    Path file = Files.write(directory.resolve("dump.sql"), before);
    sql("", "CREATE DATABASE copy");
    runOn(file, 0, "mariadb", "copy");
    runOn(file, 0, "mariadb", "copy"); // over what is there
    assertThat(text(dump("--skip-dump-date", "copy"))).isEqualTo(text(before));
    sql("copy", "INSERT INTO customers (name) VALUES ('next')");
    assertThat(sql("copy", "SELECT MAX(id) FROM customers")).isEqualTo("MAX(id)\n103\n");
  }

  /** Without the comment that names the database. */
  private static String text(byte[] dump) {
    return new String(dump, StandardCharsets.ISO_8859_1).replaceAll("(?m)^-- .*$", "");
  }

  @Test
  void otherKindsOfDumpsReloadToo() throws Exception {
    String expected = text(dump("--skip-dump-date", "shop"));
    for (String kind : List.of("--single-transaction", "--hex-blob", "--skip-extended-insert")) {
      byte[] dump = dump(kind, "--routines", "--triggers", "--complete-insert", "shop");
      Path file = Files.write(directory.resolve("kind.sql"), dump);
      sql("", "DROP DATABASE IF EXISTS other; CREATE DATABASE other");
      runOn(file, 0, "mariadb", "other");
      assertThat(text(dump("--skip-dump-date", "other"))).as(kind).isEqualTo(expected);
    }
  }

  @Test
  void statementsAboutAccountsAreNotSupportedYet() throws Exception {
    for (String statement :
        List.of(
            "GRANT ALL ON shop.* TO ann",
            "REVOKE ALL ON shop.* FROM ann",
            "CREATE USER 'bea'@'%' IDENTIFIED BY 'x'",
            "DROP USER bea",
            "CHECK TABLE customers")) {
      Path in = Files.writeString(directory.resolve("account.sql"), statement);
      assertThat(new String(runOn(in, 1, "mariadb", "shop"), StandardCharsets.UTF_8))
          .contains("ERROR 1235 (42000)", "doesn't yet support");
    }
  }
}
