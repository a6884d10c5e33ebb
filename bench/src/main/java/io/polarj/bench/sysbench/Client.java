// One simulated user: a connection, its prepared statements, and the running of transactions with
// their retries. Used by one
// thread.
package io.polarj.bench.sysbench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** A client of the server under test. */
final class Client implements AutoCloseable {
  private static final int DEADLOCK = 1213;
  private static final int LOCK_WAIT_TIMEOUT = 1205;
  private static final int RECORD_CHANGED = 1020;

  private final SysbenchSettings settings;
  private final SplittableRandom random;
  private final Counts counts;
  private final Connection connection;
  private final Statement text;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final Map<SqlOf, PreparedStatement[]> statements = new EnumMap<>(SqlOf.class);

  Client(SysbenchSettings settings, SplittableRandom random, Counts counts) throws SQLException {
    this.settings = settings;
    this.random = random;
    this.counts = counts;
    connection = DriverManager.getConnection(settings.url(), settings.connection());
    text = connection.createStatement();
    begin = connection.prepareStatement("BEGIN");
    commit = connection.prepareStatement("COMMIT");
    for (SqlOf sql : SqlOf.values()) {
      statements.put(sql, new PreparedStatement[settings.tables()]);
    }
  }

  /** Runs one transaction of the test to its end, beginning again after errors that say so. */
  void run(OltpTest test) throws SQLException {
    long start = System.nanoTime();
    while (!tried(test)) {
      counts.retried.increment();
    }
    counts.latencyMicros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
    counts.transactions.increment();
  }

  private boolean tried(OltpTest test) throws SQLException {
    try {
      test.transaction(this);
      return true;
    } catch (SQLException e) {
      if (!transientError(e)) {
        throw e;
      }
      text.execute("ROLLBACK");
      return false;
    }
  }

  private static boolean transientError(SQLException e) {
    return switch (e.getErrorCode()) {
      case DEADLOCK, LOCK_WAIT_TIMEOUT, RECORD_CHANGED -> true;
      default -> false;
    };
  }

  int anyTable() {
    return random.nextInt(settings.tables());
  }

  int anyId() {
    return settings.distribution().draw(random, settings.tableSize());
  }

  void begin() throws SQLException {
    begin.execute();
    counts.statement(SqlOf.Kind.OTHER);
  }

  void commit() throws SQLException {
    commit.execute();
    counts.statement(SqlOf.Kind.OTHER);
  }

  void point(int table) throws SQLException {
    PreparedStatement statement = statement(SqlOf.POINT, table);
    statement.setInt(1, anyId());
    read(SqlOf.POINT, statement);
  }

  void range(SqlOf sql, int table) throws SQLException {
    PreparedStatement statement = statement(sql, table);
    int from = anyId();
    statement.setInt(1, from);
    statement.setInt(2, from + settings.rangeSize() - 1);
    read(sql, statement);
  }

  void updateIndexed(int table) throws SQLException {
    PreparedStatement statement = statement(SqlOf.INDEX_UPDATE, table);
    statement.setInt(1, anyId());
    write(SqlOf.INDEX_UPDATE, statement);
  }

  void updateNotIndexed(int table) throws SQLException {
    PreparedStatement statement = statement(SqlOf.NON_INDEX_UPDATE, table);
    statement.setString(1, DigitText.c(random));
    statement.setInt(2, anyId());
    write(SqlOf.NON_INDEX_UPDATE, statement);
  }

  void delete(int table, int id) throws SQLException {
    PreparedStatement statement = statement(SqlOf.DELETE, table);
    statement.setInt(1, id);
    write(SqlOf.DELETE, statement);
  }

  void insert(int table, int id) throws SQLException {
    PreparedStatement statement = statement(SqlOf.INSERT, table);
    statement.setInt(1, id);
    statement.setInt(2, anyId());
    statement.setString(3, DigitText.c(random));
    statement.setString(4, DigitText.pad(random));
    write(SqlOf.INSERT, statement);
  }

  /**
   * The insert test sends text, and 0 for the id so that the server numbers the row: as sysbench
   * does.
   */
  void insertText(int table) throws SQLException {
    text.executeUpdate(
        "INSERT INTO sbtest"
            + (table + 1)
            + " (id, k, c, pad) VALUES (0, "
            + anyId()
            + ", '"
            + DigitText.c(random)
            + "', '"
            + DigitText.pad(random)
            + "')");
    counts.statement(SqlOf.Kind.WRITE);
  }

  private PreparedStatement statement(SqlOf sql, int table) throws SQLException {
    PreparedStatement[] ofTables = statements.get(sql);
    if (ofTables[table] == null) {
      ofTables[table] = connection.prepareStatement(sql.text(table + 1));
    }
    return ofTables[table];
  }

  private void read(SqlOf sql, PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        // The driver has decoded the row's bounds; sysbench does not look at the values either.
      }
    }
    counts.statement(sql.kind());
  }

  private void write(SqlOf sql, PreparedStatement statement) throws SQLException {
    statement.executeUpdate();
    counts.statement(sql.kind());
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
