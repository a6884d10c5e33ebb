package io.polarj.polarctrl.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of PolarCtrl's database, by version. An older database is brought up to date when it
 * is opened, one step per version; a newer one is refused. The SQL is what every database
 * understands.
 */
final class CtrlSchema {
  /** Begins a step that adds a column, as table, name and type, unless it is there. */
  private static final String ADD_COLUMN = "+ ";

  private static final List<List<String>> VERSIONS =
      List.of(
          List.of(
              "CREATE TABLE IF NOT EXISTS node (node INT NOT NULL PRIMARY KEY,"
                  + " host VARCHAR(255) NOT NULL, port INT NOT NULL,"
                  + " failure_domain VARCHAR(255) NOT NULL)",
              "CREATE TABLE IF NOT EXISTS volume (id BIGINT NOT NULL PRIMARY KEY,"
                  + " name VARCHAR(255) NOT NULL UNIQUE, size_bytes BIGINT NOT NULL,"
                  + " target_bytes BIGINT NOT NULL, chunk_bytes BIGINT NOT NULL,"
                  + " replicas INT NOT NULL, epoch BIGINT NOT NULL, writer VARCHAR(255) NOT NULL)",
              "CREATE TABLE IF NOT EXISTS chunk_replica (volume BIGINT NOT NULL,"
                  + " chunk INT NOT NULL, position INT NOT NULL, node INT NOT NULL,"
                  + " PRIMARY KEY (volume, chunk, position))"),
          List.of(
              ADD_COLUMN + "node admin VARCHAR(32) DEFAULT 'IN_SERVICE' NOT NULL",
              ADD_COLUMN + "node drain_total INT DEFAULT 0 NOT NULL",
              "CREATE TABLE IF NOT EXISTS chunk_plan (id BIGINT NOT NULL PRIMARY KEY,"
                  + " volume BIGINT NOT NULL, chunk INT NOT NULL, kind VARCHAR(32) NOT NULL,"
                  + " source_node INT NOT NULL, target_node INT NOT NULL,"
                  + " state VARCHAR(32) NOT NULL, cancelled INT NOT NULL,"
                  + " created_millis BIGINT NOT NULL, ended_millis BIGINT NOT NULL,"
                  + " outcome VARCHAR(1000) NOT NULL)",
              "CREATE TABLE IF NOT EXISTS leftover_replica (volume BIGINT NOT NULL,"
                  + " chunk INT NOT NULL, node INT NOT NULL, up_to_generation BIGINT NOT NULL,"
                  + " PRIMARY KEY (volume, chunk, node))"),
          List.of(
              ADD_COLUMN + "volume newest_snapshot INT DEFAULT 0 NOT NULL",
              ADD_COLUMN + "volume parent_volume BIGINT DEFAULT 0 NOT NULL",
              ADD_COLUMN + "volume parent_snapshot INT DEFAULT 0 NOT NULL",
              "CREATE TABLE IF NOT EXISTS volume_snapshot (volume BIGINT NOT NULL,"
                  + " snapshot INT NOT NULL, label VARCHAR(255) NOT NULL,"
                  + " state VARCHAR(32) NOT NULL, size_bytes BIGINT NOT NULL,"
                  + " created_millis BIGINT NOT NULL, restore_number INT NOT NULL,"
                  + " PRIMARY KEY (volume, snapshot))"));

  private CtrlSchema() {}

  /** Makes or updates the tables, and refuses the database of another cluster. */
  static void prepare(Connection connection, long clusterId) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS cluster (cluster_id BIGINT NOT NULL PRIMARY KEY,"
              + " schema_version INT NOT NULL)");
    }
    int found = version(connection, clusterId);
    for (int version = found + 1; version <= VERSIONS.size(); version++) {
      for (String sql : VERSIONS.get(version - 1)) {
        step(connection, sql);
      }
    }
    write(connection, clusterId, found);
  }

  /** Every step may be repeated: databases commit each of them by itself. */
  private static void step(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!sql.startsWith(ADD_COLUMN)) {
        statement.execute(sql);
        return;
      }
      String[] column = sql.substring(ADD_COLUMN.length()).split(" ", 3);
      if (!hasColumn(statement, column[0], column[1])) {
        statement.execute(
            "ALTER TABLE " + column[0] + " ADD COLUMN " + column[1] + " " + column[2]);
      }
    }
  }

  private static boolean hasColumn(Statement statement, String table, String column)
      throws SQLException {
    try (ResultSet none = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        if (none.getMetaData().getColumnName(i).equalsIgnoreCase(column)) {
          return true;
        }
      }
      return false;
    }
  }

  /** 0 for a new database. */
  private static int version(Connection connection, long clusterId) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT cluster_id, schema_version FROM cluster")) {
      if (!rows.next()) {
        return 0;
      }
      long foundCluster = rows.getLong(1);
      int found = rows.getInt(2);
      if (foundCluster != clusterId || found > VERSIONS.size()) {
        throw new IllegalStateException(
            "PolarCtrl's database is of cluster "
                + foundCluster
                + ", schema "
                + found
                + "; this is cluster "
                + clusterId
                + ", schema "
                + VERSIONS.size()
                + ": give the right directory or cluster id, or use the newer program");
      }
      return found;
    }
  }

  private static void write(Connection connection, long clusterId, int found) throws SQLException {
    if (found == VERSIONS.size()) {
      return;
    }
    String sql =
        found == 0
            ? "INSERT INTO cluster (schema_version, cluster_id) VALUES (?, ?)"
            : "UPDATE cluster SET schema_version = ? WHERE cluster_id = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, VERSIONS.size());
      statement.setLong(2, clusterId);
      statement.executeUpdate();
    }
  }
}
