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
  private static final int MAX_OUTCOME = 1000;
  private static final int VALID_SECONDS = 5;
  private final String url;
  private final boolean h2;
  private Connection connection;

  private JdbcCtrlStore(String url, Connection connection) {
    this.url = url;
    this.connection = connection;
    this.h2 = url.startsWith("jdbc:h2:");
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
      JdbcCtrlStore store = new JdbcCtrlStore(url, connection);
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
      return new StoredState(
          loadNodes(), loadVolumes(), loadChunks(), loadPlans(), loadLeftovers(), loadSnapshots());
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
  public void save(StoreChange change) {
    transaction(
        "a change of plans or placements",
        () -> {
          for (StoredNode node : change.nodes()) {
            upsertNode(node);
          }
          for (VolumeInfo volume : change.volumes()) {
            upsertVolume(volume);
          }
          for (StoredChunk chunk : change.placements()) {
            replacePlacement(chunk);
          }
          for (StoredPlan plan : change.plans()) {
            replacePlan(plan);
          }
          for (StoredSnapshot snapshot : change.snapshots()) {
            removeSnapshot(snapshot);
            insertSnapshot(snapshot);
          }
          for (StoredSnapshot snapshot : change.removedSnapshots()) {
            removeSnapshot(snapshot);
          }
          for (Leftover leftover : change.leftovers()) {
            replaceLeftover(leftover);
          }
          for (Leftover leftover : change.clearedLeftovers()) {
            removeLeftover(leftover);
          }
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
    CtrlSchema.prepare(connection, clusterId);
    commit();
  }

  private List<StoredNode> loadNodes() throws SQLException {
    List<StoredNode> nodes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT node, host, port, failure_domain, admin, drain_total FROM node"
                    + " ORDER BY node")) {
      while (rows.next()) {
        nodes.add(
            new StoredNode(
                rows.getInt(1),
                new Address(rows.getString(2), rows.getInt(3)),
                rows.getString(4),
                NodeAdmin.valueOf(rows.getString(5)),
                rows.getInt(6)));
      }
    }
    return nodes;
  }

  private List<VolumeInfo> loadVolumes() throws SQLException {
    List<VolumeInfo> volumes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, name, size_bytes, target_bytes, chunk_bytes, replicas, epoch, writer,"
                    + " newest_snapshot, parent_volume, parent_snapshot FROM volume ORDER BY id")) {
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
                rows.getString(8),
                rows.getInt(9),
                rows.getLong(10),
                rows.getInt(11)));
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
            "UPDATE node SET host = ?, port = ?, failure_domain = ?, admin = ?, drain_total = ?"
                + " WHERE node = ?")) {
      bindNode(update, node);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO node (host, port, failure_domain, admin, drain_total, node)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      bindNode(insert, node);
      insert.executeUpdate();
    }
  }

  private static void bindNode(PreparedStatement statement, StoredNode node) throws SQLException {
    statement.setString(1, node.address().host());
    statement.setInt(2, node.address().port());
    statement.setString(3, node.failureDomain());
    statement.setString(4, node.admin().name());
    statement.setInt(5, node.drainTotal());
    statement.setInt(6, node.node());
  }

  private void upsertVolume(VolumeInfo volume) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE volume SET name = ?, size_bytes = ?, target_bytes = ?, chunk_bytes = ?,"
                + " replicas = ?, epoch = ?, writer = ?, newest_snapshot = ?, parent_volume = ?,"
                + " parent_snapshot = ? WHERE id = ?")) {
      bindVolume(update, volume);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO volume (name, size_bytes, target_bytes, chunk_bytes, replicas, epoch,"
                + " writer, newest_snapshot, parent_volume, parent_snapshot, id)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
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
    statement.setInt(8, volume.snapshot());
    statement.setLong(9, volume.parent());
    statement.setInt(10, volume.parentSnapshot());
    statement.setLong(11, volume.id());
  }

  private List<StoredSnapshot> loadSnapshots() throws SQLException {
    List<StoredSnapshot> snapshots = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT volume, snapshot, label, state, size_bytes, created_millis,"
                    + " restore_number FROM volume_snapshot ORDER BY volume, snapshot")) {
      while (rows.next()) {
        snapshots.add(
            new StoredSnapshot(
                rows.getLong(1),
                rows.getInt(2),
                rows.getString(3),
                SnapshotState.valueOf(rows.getString(4)),
                rows.getLong(5),
                rows.getLong(6),
                rows.getInt(7)));
      }
    }
    return snapshots;
  }

  private void removeSnapshot(StoredSnapshot snapshot) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM volume_snapshot WHERE volume = ? AND snapshot = ?")) {
      delete.setLong(1, snapshot.volume());
      delete.setInt(2, snapshot.number());
      delete.executeUpdate();
    }
  }

  private void insertSnapshot(StoredSnapshot snapshot) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO volume_snapshot (volume, snapshot, label, state, size_bytes,"
                + " created_millis, restore_number) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, snapshot.volume());
      insert.setInt(2, snapshot.number());
      insert.setString(3, snapshot.name());
      insert.setString(4, snapshot.state().name());
      insert.setLong(5, snapshot.sizeBytes());
      insert.setLong(6, snapshot.createdMillis());
      insert.setInt(7, snapshot.restoreNumber());
      insert.executeUpdate();
    }
  }

  private void replacePlacement(StoredChunk chunk) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM chunk_replica WHERE volume = ? AND chunk = ?")) {
      delete.setLong(1, chunk.chunk().volume());
      delete.setInt(2, chunk.chunk().index());
      delete.executeUpdate();
    }
    insertChunks(List.of(chunk));
  }

  private List<StoredPlan> loadPlans() throws SQLException {
    List<StoredPlan> plans = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, volume, chunk, kind, source_node, target_node, state, cancelled,"
                    + " created_millis, ended_millis, outcome FROM chunk_plan ORDER BY id")) {
      while (rows.next()) {
        plans.add(
            new StoredPlan(
                rows.getLong(1),
                new ChunkId(rows.getLong(2), rows.getInt(3)),
                PlanKind.valueOf(rows.getString(4)),
                rows.getInt(5),
                rows.getInt(6),
                PlanState.valueOf(rows.getString(7)),
                rows.getInt(8) != 0,
                rows.getLong(9),
                rows.getLong(10),
                rows.getString(11)));
      }
    }
    return plans;
  }

  private List<Leftover> loadLeftovers() throws SQLException {
    List<Leftover> leftovers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT volume, chunk, node, up_to_generation FROM leftover_replica"
                    + " ORDER BY volume, chunk, node")) {
      while (rows.next()) {
        leftovers.add(
            new Leftover(
                new ChunkId(rows.getLong(1), rows.getInt(2)), rows.getInt(3), rows.getLong(4)));
      }
    }
    return leftovers;
  }

  /** Also forgets plans that ended long ago; never the newest one, which holds the next number. */
  private void replacePlan(StoredPlan plan) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM chunk_plan WHERE id = ? OR (id < ? AND state <> 'OPEN')")) {
      delete.setLong(1, plan.id());
      delete.setLong(2, plan.id() - PlanTable.KEPT);
      delete.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO chunk_plan (id, volume, chunk, kind, source_node, target_node, state,"
                + " cancelled, created_millis, ended_millis, outcome)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, plan.id());
      insert.setLong(2, plan.chunk().volume());
      insert.setInt(3, plan.chunk().index());
      insert.setString(4, plan.kind().name());
      insert.setInt(5, plan.source());
      insert.setInt(6, plan.target());
      insert.setString(7, plan.state().name());
      insert.setInt(8, plan.cancelled() ? 1 : 0);
      insert.setLong(9, plan.createdMillis());
      insert.setLong(10, plan.endedMillis());
      String outcome = plan.outcome();
      insert.setString(
          11, outcome.length() > MAX_OUTCOME ? outcome.substring(0, MAX_OUTCOME) : outcome);
      insert.executeUpdate();
    }
  }

  private void removeLeftover(Leftover leftover) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM leftover_replica WHERE volume = ? AND chunk = ? AND node = ?")) {
      delete.setLong(1, leftover.chunk().volume());
      delete.setInt(2, leftover.chunk().index());
      delete.setInt(3, leftover.node());
      delete.executeUpdate();
    }
  }

  private void replaceLeftover(Leftover leftover) throws SQLException {
    removeLeftover(leftover);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO leftover_replica (volume, chunk, node, up_to_generation)"
                + " VALUES (?, ?, ?, ?)")) {
      insert.setLong(1, leftover.chunk().volume());
      insert.setInt(2, leftover.chunk().index());
      insert.setInt(3, leftover.node());
      insert.setLong(4, leftover.upToGeneration());
      insert.executeUpdate();
    }
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
      reconnect();
      try {
        work.run();
        commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot save " + what + ": " + e.getMessage(), e);
    }
  }

  /** A database server may have been restarted since the last transaction. */
  private void reconnect() throws SQLException {
    if (!h2 && !connection.isValid(VALID_SECONDS)) {
      connection.close();
      connection = DriverManager.getConnection(url);
      connection.setAutoCommit(false);
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
