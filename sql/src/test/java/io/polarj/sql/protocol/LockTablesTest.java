package io.polarj.sql.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LOCK TABLES and UNLOCK TABLES as clients meet them. */
class LockTablesTest {
  private static final int LOCK_WAIT_TIMEOUT = 1205;
  private static final int READ_LOCKED = 1099;
  private static final int NOT_LOCKED = 1100;

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

  /** A session whose waits are short. */
  private static final class Client implements AutoCloseable {
    private final Connection connection;
    private final Statement statement;

    Client() throws SQLException {
      connection = DriverManager.getConnection(server.mysqlUrl("allowPublicKeyRetrieval=true"));
      statement = connection.createStatement();
      run("SET innodb_lock_wait_timeout = 1");
      run("SET lock_wait_timeout = 1");
    }

    void run(String sql) throws SQLException {
      statement.execute(sql);
    }

    int error(String sql) {
      SQLException refused = catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
      return refused == null ? 0 : refused.getErrorCode();
    }

    long one(String sql) throws SQLException {
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return row.getLong(1);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  @BeforeEach
  void tables() throws Exception {
    try (Client client = new Client()) {
      client.run("DROP TABLE IF EXISTS a, b");
      client.run("CREATE TABLE a(id INT PRIMARY KEY, v INT)");
      client.run("CREATE TABLE b(id INT PRIMARY KEY, v INT)");
      client.run("INSERT INTO a VALUES (1, 1)");
      client.run("INSERT INTO b VALUES (1, 1)");
    }
  }

  @Test
  void onlyLockedTablesMayBeUsedAndOnlyAsLocked() throws Exception {
    try (Client client = new Client()) {
      client.run("LOCK TABLES a READ /*!32311 LOCAL */");
      assertThat(client.one("SELECT COUNT(*) FROM a")).isEqualTo(1);
      assertThat(client.error("UPDATE a SET v = 2")).isEqualTo(READ_LOCKED);
      assertThat(client.error("INSERT INTO a VALUES (2, 2)")).isEqualTo(READ_LOCKED);
      assertThat(client.error("DELETE FROM a")).isEqualTo(READ_LOCKED);
      assertThat(client.error("SELECT * FROM b")).isEqualTo(NOT_LOCKED);
      assertThat(client.error("SELECT * FROM a JOIN b USING (id)")).isEqualTo(NOT_LOCKED);
      assertThat(client.error("DROP TABLE b")).isEqualTo(NOT_LOCKED);
      assertThat(client.error("TRUNCATE TABLE a")).isEqualTo(READ_LOCKED);
      assertThat(client.error("CREATE TABLE c(id INT PRIMARY KEY)")).isEqualTo(NOT_LOCKED);
      assertThat(client.error("CREATE DATABASE other")).isEqualTo(1192);
      assertThat(client.one("SELECT COUNT(*) FROM information_schema.tables")).isPositive();
      client.run("LOCK TABLES a AS x WRITE, test.b READ");
      client.run("INSERT INTO a SELECT id + 10, v FROM b");
      assertThat(client.error("UPDATE b SET v = 2")).isEqualTo(READ_LOCKED);
      client.run("UNLOCK TABLES");
      client.run("UPDATE b SET v = 2");
      assertThat(client.error("LOCK TABLES nothing READ")).isEqualTo(1146);
    }
  }

  @Test
  void readLockKeepsOthersFromWritingAndWriteLockFromReading() throws Exception {
    try (Client holder = new Client();
        Client other = new Client()) {
      holder.run("LOCK TABLES a READ, b WRITE");
      assertThat(other.one("SELECT COUNT(*) FROM a")).isEqualTo(1);
      assertThat(other.error("UPDATE a SET v = 2")).isEqualTo(LOCK_WAIT_TIMEOUT);
      assertThat(other.error("SELECT * FROM b")).isEqualTo(LOCK_WAIT_TIMEOUT);
      assertThat(other.error("DROP TABLE a")).isEqualTo(LOCK_WAIT_TIMEOUT);
      assertThat(other.error("LOCK TABLES a WRITE")).isEqualTo(LOCK_WAIT_TIMEOUT);
      other.run("LOCK TABLES a READ");
      other.run("UNLOCK TABLES");
      holder.run("UNLOCK TABLES");
      other.run("UPDATE a SET v = 2");
      other.run("UPDATE b SET v = 2");
    }
  }

  @Test
  void lockWaitsForTransactionsThatWrite() throws Exception {
    try (Client holder = new Client();
        Client writer = new Client()) {
      writer.run("BEGIN");
      writer.run("UPDATE a SET v = 5");
      assertThat(holder.error("LOCK TABLES a READ")).isEqualTo(LOCK_WAIT_TIMEOUT);
      writer.run("UPDATE a SET v = 6");
      writer.run("COMMIT");
      holder.run("LOCK TABLES a READ");
      assertThat(holder.one("SELECT v FROM a")).isEqualTo(6);
    }
  }

  @Test
  void lockAndUnlockCommitAndCommitAndRollbackDoNotUnlock() throws Exception {
    try (Client client = new Client();
        Client other = new Client()) {
      client.run("BEGIN");
      client.run("UPDATE a SET v = 2");
      client.run("LOCK TABLES a WRITE");
      client.run("SET autocommit = 0");
      client.run("UPDATE a SET v = 3");
      client.run("ROLLBACK");
      assertThat(client.one("SELECT v FROM a")).isEqualTo(2);
      client.run("UPDATE a SET v = 4");
      assertThat(other.error("SELECT * FROM a")).isEqualTo(LOCK_WAIT_TIMEOUT);
      client.run("UNLOCK TABLES");
      assertThat(other.one("SELECT v FROM a")).isEqualTo(4);
      client.run("UPDATE a SET v = 5");
      client.run("UNLOCK TABLES"); // nothing to unlock: no commit
      client.run("ROLLBACK");
      assertThat(client.one("SELECT v FROM a")).isEqualTo(4);
    }
  }

  @Test
  void beginResetAndDisconnectUnlock() throws Exception {
    try (Client other = new Client()) {
      try (Client client = new Client()) {
        client.run("LOCK TABLES a WRITE");
        client.run("BEGIN");
        other.run("UPDATE a SET v = 2");
        client.run("COMMIT");
        client.run("LOCK TABLES a WRITE");
        client.connection.unwrap(JdbcConnection.class).resetServerState();
        other.run("UPDATE a SET v = 3");
        client.run("LOCK TABLES a WRITE, b READ");
      }
      other.run("SET lock_wait_timeout = 30");
      other.run("LOCK TABLES a WRITE, b WRITE");
    }
  }

  @Test
  void definitionsOfTablesThatAreLockedToWriteWork() throws Exception {
    try (Client client = new Client();
        Client other = new Client()) {
      client.run("LOCK TABLES a WRITE, b WRITE");
      client.run("ALTER TABLE a DISABLE KEYS");
      client.run("CREATE INDEX by_v ON a(v)");
      client.run("TRUNCATE TABLE a");
      client.run("INSERT INTO a VALUES (7, 7)");
      client.run("DROP TABLE b");
      assertThat(client.one("SELECT v FROM a")).isEqualTo(7);
      assertThat(other.error("SELECT * FROM a")).isEqualTo(LOCK_WAIT_TIMEOUT);
      client.run("UNLOCK TABLES");
      assertThat(other.one("SELECT v FROM a")).isEqualTo(7);
    }
  }

  @Test
  void readOnlyPortLocksToReadAlone() throws Exception {
    String url = "jdbc:mysql://127.0.0.1:" + server.readOnlyPort + "/test?user=root";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLES a READ");
      statement.execute("SELECT * FROM a");
      SQLException refused =
          catchThrowableOfType(SQLException.class, () -> statement.execute("LOCK TABLES a WRITE"));
      assertThat(refused.getErrorCode()).isEqualTo(1290);
    }
  }
}
