package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The store in an SQL database: an embedded H2 file by default. A commit to H2 is followed by
 * {@code CHECKPOINT SYNC}, for H2 alone writes its file at commit but does not sync it.
 */
public final class JdbcCtrlStore implements CtrlStore {
  private static final int SCHEMA_VERSION = 1;
  private final Connection connection;
  private final boolean h2;

  private JdbcCtrlStore(Connection connection, boolean h2) {
    this.connection = connection;
    this.h2 = h2;
  }

  /** The H2 database {@code polarctrl.mv.db} in that directory, made when there is none. */
  public static JdbcCtrlStore openDirectory(Path directory, long clusterId) {
    return open(
        "jdbc:h2:file:"
            + directory.toAbsolutePath().resolve("polarctrl")
            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
        clusterId);
  }

  /** Any database; refuses one that belongs to another cluster. */
  public static JdbcCtrlStore open(String url, long clusterId) {
    try {
      Connection connection = DriverManager.getConnection(url);
      JdbcCtrlStore store = new JdbcCtrlStore(connection, url.startsWith("jdbc:h2:"));
      try {
        store.prepare(clusterId);
        return store;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot open PolarCtrl's database " + url, e);
    }
  }

  @Override
  public StoredState load() {
    try {
      return new StoredState(loadNodes(), loadVolumes(), loadChunks());
    } catch (SQLException e) {
      throw new StoreException("cannot load PolarCtrl's state", e);
    }
  }

  @Override
  public void saveNode(StoredNode node) {
    transaction("node " + node.node(), () -> upsertNode(node));
  }

  @Override
  public void saveVolume(VolumeInfo volume) {
    transaction("volume " + volume.name(), () -> upsertVolume(volume));
  }

  @Override
  public void saveVolume(VolumeInfo volume, List<StoredChunk> newChunks) {
    transaction(
        "volume " + volume.name(),
        () -> {
          upsertVolume(volume);
          insertChunks(newChunks);
        });
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("PolarCtrl's database did not close", e);
    }
  }

  private void prepare(long clusterId) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS cluster (cluster_id BIGINT NOT NULL PRIMARY KEY,"
              + " schema_version INT NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS node (node INT NOT NULL PRIMARY KEY,"
              + " host VARCHAR(255) NOT NULL, port INT NOT NULL,"
              + " failure_domain VARCHAR(255) NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS volume (id BIGINT NOT NULL PRIMARY KEY,"
              + " name VARCHAR(255) NOT NULL UNIQUE, size_bytes BIGINT NOT NULL,"
              + " target_bytes BIGINT NOT NULL, chunk_bytes BIGINT NOT NULL,"
              + " replicas INT NOT NULL, epoch BIGINT NOT NULL, writer VARCHAR(255) NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS chunk_replica (volume BIGINT NOT NULL,"
              + " chunk INT NOT NULL, position INT NOT NULL, node INT NOT NULL,"
              + " PRIMARY KEY (volume, chunk, position))");
    }
    checkCluster(clusterId);
    commit();
  }

  private void checkCluster(long clusterId) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT cluster_id, schema_version FROM cluster")) {
      if (rows.next()) {
        if (rows.getLong(1) != clusterId || rows.getInt(2) != SCHEMA_VERSION) {
          throw new IllegalStateException(
              "PolarCtrl's database is of cluster "
                  + rows.getLong(1)
                  + ", schema "
                  + rows.getInt(2)
                  + "; this is cluster "
                  + clusterId
                  + ", schema "
                  + SCHEMA_VERSION
                  + ": give the right directory or cluster id");
        }
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO cluster VALUES (?, ?)")) {
      insert.setLong(1, clusterId);
      insert.setInt(2, SCHEMA_VERSION);
      insert.executeUpdate();
    }
  }

  private List<StoredNode> loadNodes() throws SQLException {
    List<StoredNode> nodes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT node, host, port, failure_domain FROM node ORDER BY node")) {
      while (rows.next()) {
        nodes.add(
            new StoredNode(
                rows.getInt(1), new Address(rows.getString(2), rows.getInt(3)), rows.getString(4)));
      }
    }
    return nodes;
  }

  private List<VolumeInfo> loadVolumes() throws SQLException {
    List<VolumeInfo> volumes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, name, size_bytes, target_bytes, chunk_bytes, replicas, epoch, writer"
                    + " FROM volume ORDER BY id")) {
      while (rows.next()) {
        volumes.add(
            new VolumeInfo(
                rows.getLong(1),
                rows.getString(2),
                rows.getLong(3),
                rows.getLong(4),
                rows.getLong(5),
                rows.getInt(6),
                rows.getLong(7),
                rows.getString(8)));
      }
    }
    return volumes;
  }

  private List<StoredChunk> loadChunks() throws SQLException {
    List<StoredChunk> chunks = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT volume, chunk, node FROM chunk_replica"
                    + " ORDER BY volume, chunk, position")) {
      ChunkId current = null;
      List<Integer> nodes = new ArrayList<>();
      while (rows.next()) {
        ChunkId chunk = new ChunkId(rows.getLong(1), rows.getInt(2));
        if (!chunk.equals(current)) {
          if (current != null) {
            chunks.add(new StoredChunk(current, nodes));
          }
          current = chunk;
          nodes = new ArrayList<>();
        }
        nodes.add(rows.getInt(3));
      }
      if (current != null) {
        chunks.add(new StoredChunk(current, nodes));
      }
    }
    return chunks;
  }

  private void upsertNode(StoredNode node) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE node SET host = ?, port = ?, failure_domain = ? WHERE node = ?")) {
      bindNode(update, node);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO node (host, port, failure_domain, node) VALUES (?, ?, ?, ?)")) {
      bindNode(insert, node);
      insert.executeUpdate();
    }
  }

  private static void bindNode(PreparedStatement statement, StoredNode node) throws SQLException {
    statement.setString(1, node.address().host());
    statement.setInt(2, node.address().port());
    statement.setString(3, node.failureDomain());
    statement.setInt(4, node.node());
  }

  private void upsertVolume(VolumeInfo volume) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE volume SET name = ?, size_bytes = ?, target_bytes = ?, chunk_bytes = ?,"
                + " replicas = ?, epoch = ?, writer = ? WHERE id = ?")) {
      bindVolume(update, volume);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO volume (name, size_bytes, target_bytes, chunk_bytes, replicas, epoch,"
                + " writer, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      bindVolume(insert, volume);
      insert.executeUpdate();
    }
  }

  private static void bindVolume(PreparedStatement statement, VolumeInfo volume)
      throws SQLException {
    statement.setString(1, volume.name());
    statement.setLong(2, volume.sizeBytes());
    statement.setLong(3, volume.targetBytes());
    statement.setLong(4, volume.chunkBytes());
    statement.setInt(5, volume.replicas());
    statement.setLong(6, volume.epoch());
    statement.setString(7, volume.writer());
    statement.setLong(8, volume.id());
  }

  private void insertChunks(List<StoredChunk> chunks) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO chunk_replica VALUES (?, ?, ?, ?)")) {
      for (StoredChunk chunk : chunks) {
        for (int i = 0; i < chunk.nodes().size(); i++) {
          insert.setLong(1, chunk.chunk().volume());
          insert.setInt(2, chunk.chunk().index());
          insert.setInt(3, i);
          insert.setInt(4, chunk.nodes().get(i));
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private void transaction(String what, Work work) {
    try {
      try {
        work.run();
        commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot save " + what, e);
    }
  }

  private void commit() throws SQLException {
    connection.commit();
    if (h2) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CHECKPOINT SYNC");
      }
    }
  }

  private interface Work {
    void run() throws SQLException;
  }
}
