package io.polarj.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A client that commits numbered transactions, each of which adds the same row to tables a and b
 * and writes its number to table newest, and remembers which were acknowledged. After an error it
 * connects anew and goes on with the next number: the one at hand is in doubt.
 */
final class Writer {
  private static final String PAD = "x".repeat(150);

  private final int id;
  private final int port;
  private final Thread thread;
  private final TreeSet<Integer> acknowledged = new TreeSet<>(); // under its monitor
  private volatile int sent;
  private volatile boolean over;
  private volatile String lastError = "";

  Writer(int id, int port) {
    this.id = id;
    this.port = port;
    this.thread = Thread.ofPlatform().name("writer-" + id).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  int commits() {
    synchronized (acknowledged) {
      return acknowledged.size();
    }
  }

  String lastError() {
    return lastError;
  }

  void end() throws InterruptedException {
    over = true;
    thread.join(120_000);
    assertThat(thread.isAlive()).as(lastError).isFalse();
  }

  private void run() {
    String url = "jdbc:mariadb://127.0.0.1:" + port + "/app?connectTimeout=5000";
    while (!over) {
      try (Connection connection =
          DriverManager.getConnection(url + "&socketTimeout=60000", "root", "")) {
        connection.setAutoCommit(false);
        write(connection);
      } catch (SQLException e) {
        lastError = e.toString();
        Thread.yield();
      }
    }
  }

  private void write(Connection connection) throws SQLException {
    try (PreparedStatement a = connection.prepareStatement("INSERT INTO a VALUES (?, ?, ?)");
        PreparedStatement b = connection.prepareStatement("INSERT INTO b VALUES (?, ?, ?)");
        PreparedStatement c = connection.prepareStatement("UPDATE newest SET n = ? WHERE w = ?")) {
      while (!over) {
        int number = sent + 1;
        sent = number;
        for (PreparedStatement insert : List.of(a, b)) {
          insert.setInt(1, id);
          insert.setInt(2, number);
          insert.setString(3, number + PAD);
          insert.executeUpdate();
        }
        c.setInt(1, number);
        c.setInt(2, id);
        c.executeUpdate();
        connection.commit();
        synchronized (acknowledged) {
          acknowledged.add(number);
        }
      }
    }
  }

  /** Compares what was acknowledged with the rows that are there. */
  void check(Map<String, List<String>> contents) {
    TreeSet<Integer> inA = numbers(contents.get("a"));
    assertThat(numbers(contents.get("b"))).as("writer %d: torn", id).isEqualTo(inA);
    assertThat(inA).as("writer %d: lost", id).containsAll(acknowledged);
    assertThat(inA.last()).as("writer %d: phantom", id).isLessThanOrEqualTo(sent);
    assertThat(contents.get("newest")).as("writer %d", id).contains(id + "|" + inA.last() + "|");
    assertThat(contents.get("a"))
        .as("writer %d: rows as they were sent", id)
        .containsAll(inA.stream().map(n -> id + "|" + n + "|" + n + PAD + "|").toList());
  }

  private TreeSet<Integer> numbers(List<String> rows) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String row : rows) {
      String[] fields = row.split("\\|");
      if (Integer.parseInt(fields[0]) == id) {
        numbers.add(Integer.parseInt(fields[1]));
      }
    }
    return numbers;
  }
}
