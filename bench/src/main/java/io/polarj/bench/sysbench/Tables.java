// Makes and drops the tests' tables. Every table is filled by one thread over one connection.
package io.polarj.bench.sysbench;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The tables {@code sbtest1} ... {@code sbtestN}. */
final class Tables {
  private static final int INSERT_CHARS = 256 * 1024;

  private final SysbenchSettings settings;
  private final PrintStream out;

  Tables(SysbenchSettings settings, PrintStream out) {
    this.settings = settings;
    this.out = out;
  }

  void prepare() throws SQLException, InterruptedException {
    SplittableRandom seeds = new SplittableRandom(settings.seed());
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Math.min(settings.threads(), settings.tables()))) {
      List<Future<Void>> tables = new ArrayList<>();
      for (int i = 1; i <= settings.tables(); i++) {
        int table = i;
        SplittableRandom random = seeds.split();
        tables.add(
            workers.submit(() -> {
              fill(table, random);
              return null;
            }));
      }
      for (Future<Void> table : tables) {
        await(table);
      }
    }
  }

  private static void await(Future<Void> table) throws SQLException, InterruptedException {
    try {
      table.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void fill(int table, SplittableRandom random) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(settings.url(), settings.connection());
        Statement statement = connection.createStatement()) {
      out.println("Creating table 'sbtest" + table + "'...");
      statement.execute(
          "CREATE TABLE sbtest"
              + table
              + " (id INTEGER NOT NULL AUTO_INCREMENT, k INTEGER DEFAULT '0' NOT NULL, "
              + "c CHAR(120) DEFAULT '' NOT NULL, pad CHAR(60) DEFAULT '' NOT NULL, "
              + "PRIMARY KEY (id)) /*! ENGINE = innodb */");
      out.println("Inserting " + settings.tableSize() + " records into 'sbtest" + table + "'");
      insertRows(statement, table, random);
      out.println("Creating a secondary index on 'sbtest" + table + "'...");
      statement.execute("CREATE INDEX k_" + table + " ON sbtest" + table + "(k)");
    }
  }

  private void insertRows(Statement statement, int table, SplittableRandom random)
      throws SQLException {
    String head = "INSERT INTO sbtest" + table + "(k, c, pad) VALUES";
    StringBuilder sql = new StringBuilder(INSERT_CHARS + 1024);
    for (int row = 0; row < settings.tableSize(); row++) {
      sql.append(sql.isEmpty() ? head : ",")
          .append('(')
          .append(settings.distribution().draw(random, settings.tableSize()))
          .append(",'")
          .append(DigitText.c(random))
          .append("','")
          .append(DigitText.pad(random))
          .append("')");
      if (sql.length() >= INSERT_CHARS) {
        statement.executeUpdate(sql.toString());
        sql.setLength(0);
      }
    }
    if (!sql.isEmpty()) {
      statement.executeUpdate(sql.toString());
    }
  }

  void drop() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(settings.url(), settings.connection());
        Statement statement = connection.createStatement()) {
      for (int table = 1; table <= settings.tables(); table++) {
        out.println("Dropping table 'sbtest" + table + "'...");
        statement.execute("DROP TABLE IF EXISTS sbtest" + table);
      }
    }
  }
}
