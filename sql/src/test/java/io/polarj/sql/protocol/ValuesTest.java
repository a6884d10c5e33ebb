package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of every type through stock drivers, as text and in binary form, small and huge. */
class ValuesTest {
  @TempDir static Path directory;
  private static ServerFixture server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerFixture.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Connection connect(String driver, String options) throws SQLException {
    return DriverManager.getConnection(
        driver.equals("mysql") ? server.mysqlUrl(options) : server.mariadbUrl(options));
  }

  private static final String ALL_TYPES =
      "CREATE TABLE all_types(id INT PRIMARY KEY, ti TINYINT, tu TINYINT UNSIGNED, si SMALLINT, mi"
          + " MEDIUMINT, i INT, iu INT UNSIGNED, bi BIGINT, bu BIGINT UNSIGNED, de DECIMAL(30,10),"
          + " fl FLOAT, db DOUBLE, bt BIT(10), yr YEAR, da DATE, tm TIME(3), dt DATETIME(6), ts"
          + " TIMESTAMP(3) NULL, ch CHAR(10), vc VARCHAR(50), bin BINARY(4), vb VARBINARY(20), tx"
          + " TEXT, bl BLOB, en ENUM('red','green'), se SET('a','b','c'), bo BOOLEAN)";

  @ParameterizedTest
  @CsvSource({
    "mariadb, false", "mariadb, true",
    "mysql, false", "mysql, true"
  })
  void everyTypeRoundTrips(String driver, boolean binary) throws Exception {
    try (Connection connection = connect(driver, "useServerPrepStmts=" + binary);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS all_types");
      statement.execute(ALL_TYPES);
      String marks = "?" + ",?".repeat(26);
      byte[] bytes = new byte[256];
      for (int i = 0; i < 256; i++) {
        bytes[i] = (byte) i;
      }
      LocalDateTime moment = LocalDateTime.of(2024, 2, 29, 13, 14, 15, 123456000);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO all_types VALUES (" + marks + ")")) {
        Object[] values = {
          1,
          -128,
          255,
          -32768,
          8388607,
          Integer.MIN_VALUE,
          4294967295L,
          Long.MIN_VALUE,
          "18446744073709551615",
          new BigDecimal("12345678901234567890.0123456789"),
          1.5f,
          Math.PI,
          513,
          2024,
          LocalDate.of(1999, 12, 31),
          LocalTime.of(1, 2, 3, 4000000),
          moment,
          moment.withNano(500000000),
          "char é",
          "naïve 😀 'quoted' \\ back",
          new byte[] {1, 0, 2, -1},
          new byte[] {-128, 39, 92, 0},
          "text\n\0end",
          bytes,
          "green",
          "a,c",
          true
        };
        for (int i = 0; i < values.length; i++) {
          insert.setObject(i + 1, values[i]);
        }
        assertThat(insert.executeUpdate()).isEqualTo(1);
        insert.setObject(1, 2);
        for (int i = 1; i < values.length; i++) {
          insert.setNull(i + 1, Types.VARCHAR);
        }
        assertThat(insert.executeUpdate()).isEqualTo(1);
      }
      try (PreparedStatement select =
              connection.prepareStatement("SELECT * FROM all_types WHERE id = ?");
          PreparedStatement again = select) {
        again.setInt(1, 1);
        try (ResultSet row = again.executeQuery()) {
          assertThat(row.next()).isTrue();
          checkValues(row, bytes, moment);
          checkMetaData(row.getMetaData());
        }
        again.setInt(1, 2);
        try (ResultSet row = again.executeQuery()) {
          assertThat(row.next()).isTrue();
          for (int i = 2; i <= 27; i++) {
            assertThat(row.getObject(i)).as(row.getMetaData().getColumnName(i)).isNull();
          }
        }
      }
    }
  }

  private static void checkValues(ResultSet row, byte[] bytes, LocalDateTime moment)
      throws SQLException {
    assertThat(row.getInt("ti")).isEqualTo(-128);
    assertThat(row.getInt("tu")).isEqualTo(255);
    assertThat(row.getInt("si")).isEqualTo(-32768);
    assertThat(row.getInt("mi")).isEqualTo(8388607);
    assertThat(row.getInt("i")).isEqualTo(Integer.MIN_VALUE);
    assertThat(row.getLong("iu")).isEqualTo(4294967295L);
    assertThat(row.getLong("bi")).isEqualTo(Long.MIN_VALUE);
    assertThat(row.getObject("bu")).isEqualTo(new BigInteger("18446744073709551615"));
    assertThat(row.getBigDecimal("de")).isEqualByComparingTo("12345678901234567890.0123456789");
    assertThat(row.getFloat("fl")).isEqualTo(1.5f);
    assertThat(row.getDouble("db")).isEqualTo(Math.PI);
    assertThat(row.getBytes("bt")).containsExactly(2, 1);
    assertThat(row.getInt("yr")).isEqualTo(2024);
    assertThat(row.getObject("da", LocalDate.class)).isEqualTo(LocalDate.of(1999, 12, 31));
    assertThat(row.getObject("tm", LocalTime.class)).isEqualTo(LocalTime.of(1, 2, 3, 4000000));
    assertThat(row.getObject("dt", LocalDateTime.class)).isEqualTo(moment);
    assertThat(row.getObject("ts", LocalDateTime.class)).isEqualTo(moment.withNano(500000000));
    assertThat(row.getString("ch")).isEqualTo("char é");
    assertThat(row.getString("vc")).isEqualTo("naïve 😀 'quoted' \\ back");
    assertThat(row.getBytes("bin")).containsExactly(1, 0, 2, -1);
    assertThat(row.getBytes("vb")).containsExactly(-128, 39, 92, 0);
    assertThat(row.getString("tx")).isEqualTo("text\n\0end");
    assertThat(row.getBytes("bl")).isEqualTo(bytes);
    assertThat(row.getString("en")).isEqualTo("green");
    assertThat(row.getString("se")).isEqualTo("a,c");
    assertThat(row.getBoolean("bo")).isTrue();
  }

  private static void checkMetaData(ResultSetMetaData data) throws SQLException {
    assertThat(data.getColumnCount()).isEqualTo(27);
    assertThat(data.getTableName(1)).isEqualTo("all_types");
    assertThat(data.getCatalogName(1)).isEqualTo("test");
    assertThat(data.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
    assertThat(data.isNullable(2)).isEqualTo(ResultSetMetaData.columnNullable);
    assertThat(data.isSigned(2)).isTrue();
    assertThat(data.isSigned(3)).isFalse();
    assertThat(data.getColumnType(8)).isEqualTo(Types.BIGINT);
    assertThat(data.getPrecision(10)).isEqualTo(30);
    assertThat(data.getScale(10)).isEqualTo(10);
    assertThat(data.getColumnType(10)).isEqualTo(Types.DECIMAL);
    assertThat(data.getColumnType(15)).isEqualTo(Types.DATE);
    assertThat(data.getColumnType(17)).isEqualTo(Types.TIMESTAMP);
    assertThat(data.getColumnType(20)).isEqualTo(Types.VARCHAR);
    assertThat(data.getColumnDisplaySize(20)).isEqualTo(50);
    assertThat(data.getColumnType(19)).isEqualTo(Types.CHAR);
    assertThat(data.getColumnType(22)).isEqualTo(Types.VARBINARY);
  }

  @ParameterizedTest
  @CsvSource({
    "mariadb, false", "mariadb, true",
    "mysql, false", "mysql, true"
  })
  void valuesLongerThanAPacketGoBothWays(String driver, boolean binary) throws Exception {
    String options = "useServerPrepStmts=" + binary + "&maxAllowedPacket=67108864";
    try (Connection connection = connect(driver, options);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS big(id INT PRIMARY KEY, b LONGBLOB)");
      statement.execute("DELETE FROM big");
      // sizes at and around the length where packets are split
      for (int size : new int[] {0xffffff - 5, 0xffffff, 17_000_000}) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        try (PreparedStatement insert =
            connection.prepareStatement("REPLACE INTO big VALUES (1, ?)")) {
          insert.setBytes(1, bytes);
          assertThat(insert.executeUpdate()).isPositive();
        }
        try (PreparedStatement select =
            connection.prepareStatement("SELECT b, LENGTH(b) FROM big WHERE id = ?")) {
          select.setInt(1, 1);
          try (ResultSet row = select.executeQuery()) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(2)).isEqualTo(size);
            assertThat(row.getBytes(1)).isEqualTo(bytes);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void aStreamedParameterArrivesWhole(String driver) throws Exception {
    try (Connection connection = connect(driver, "useServerPrepStmts=true");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS streamed(id INT PRIMARY KEY, b LONGBLOB)");
      statement.execute("DELETE FROM streamed");
      byte[] bytes = new byte[300_000];
      new Random(7).nextBytes(bytes);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO streamed VALUES (1, ?)")) {
        insert.setBinaryStream(1, new ByteArrayInputStream(bytes));
        insert.executeUpdate();
      }
      try (ResultSet row = statement.executeQuery("SELECT b FROM streamed")) {
        row.next();
        assertThat(row.getBytes(1)).isEqualTo(bytes);
      }
    }
  }

  /** With the MariaDB driver: Connector/J asks for the limit and does not send such a packet. */
  @Test
  void aPacketAboveTheLimitIsError1153() throws Exception {
    String driver = "mariadb";
    try (Connection admin = connect(driver, "");
        Statement global = admin.createStatement()) {
      global.execute("SET GLOBAL max_allowed_packet = 1048576");
      try (Connection connection = connect(driver, "maxAllowedPacket=33554432");
          Statement statement = connection.createStatement()) {
        SQLException refused =
            catchThrowableOfType(
                SQLException.class,
                () -> statement.executeQuery("SELECT LENGTH('" + "x".repeat(20_000_000) + "')"));
        assertThat(refused.getErrorCode()).as(refused.toString()).isEqualTo(1153);
        assertThat(refused.getSQLState()).isEqualTo("08S01");
      } finally {
        global.execute("SET GLOBAL max_allowed_packet = 67108864");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mariadb, false", "mariadb, true",
    "mysql, false", "mysql, true"
  })
  void unsignedNumbersAboveTheRangeOfLongAreBigIntegers(String driver, boolean binary)
      throws Exception {
    BigInteger most = new BigInteger("18446744073709551615");
    try (Connection connection = connect(driver, "useServerPrepStmts=" + binary);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS unsigned_numbers");
      statement.execute("CREATE TABLE unsigned_numbers(id BIGINT UNSIGNED PRIMARY KEY)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO unsigned_numbers VALUES (?)")) {
        insert.setBigDecimal(1, new BigDecimal(most));
        insert.executeUpdate();
      }
      for (String expression :
          new String[] {"18446744073709551615", "id", "MAX(id)", "~0", "id + 0", "id - 0"}) {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + expression + " FROM unsigned_numbers");
            ResultSet row = select.executeQuery()) {
          row.next();
          assertThat(row.getObject(1)).as(expression).isEqualTo(most);
          assertThat(row.getObject(1, BigInteger.class)).as(expression).isEqualTo(most);
        }
      }
    }
  }

  /** A key of characters holds what they sort by; the values are in the row alone. */
  @Test
  void valuesOfIndexedColumnsComeFromTheRow() throws Exception {
    try (Connection connection = connect("mariadb", "");
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS indexed");
      statement.execute(
          "CREATE TABLE indexed(a INT, n INT, v VARCHAR(20), f DOUBLE, b VARBINARY(9),"
              + " PRIMARY KEY (a, n), KEY by_v (v), KEY by_f (f), KEY by_b (b))");
      statement.execute("INSERT INTO indexed VALUES (1, 2, 'Äpfel', -0.5, 'x')");
      for (String query :
          new String[] {
            "SELECT v FROM indexed ORDER BY v",
            "SELECT v FROM indexed WHERE v = 'apfel'",
            "SELECT MAX(v) FROM indexed",
            "SELECT v FROM indexed FORCE INDEX (by_v)"
          }) {
        try (ResultSet row = statement.executeQuery(query)) {
          row.next();
          assertThat(row.getString(1)).as(query).isEqualTo("Äpfel");
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT f, a FROM indexed ORDER BY f")) {
        row.next();
        assertThat(row.getDouble(1)).isEqualTo(-0.5);
      }
      try (ResultSet row = statement.executeQuery("SELECT b, n FROM indexed WHERE b = 'x'")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("x");
      }
    }
  }
}
