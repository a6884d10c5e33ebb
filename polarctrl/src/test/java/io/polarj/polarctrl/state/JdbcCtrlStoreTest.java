package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdbcCtrlStoreTest {
  @TempDir Path directory;

  @Test
  void everythingSavedIsLoadedAgain() {
    VolumeInfo volume = new VolumeInfo(1, "v", 0, 2 << 20, 1 << 20, 2, 7, "w", 5, 9, 2);
    StoredSnapshot snapshot =
        new StoredSnapshot(1, 4, "näme", SnapshotState.RESTORING, 1 << 20, 77, 5);
    StoredSnapshot gone = new StoredSnapshot(1, 3, "", SnapshotState.DELETING, 1 << 20, 76, 0);
    StoredNode node = new StoredNode(3, new Address("h", 1), "r");
    StoredChunk chunk = new StoredChunk(new ChunkId(1, 0), List.of(5, 3));
    StoredChunk next = new StoredChunk(new ChunkId(1, 1), List.of(3, 5));
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      store.saveNode(new StoredNode(3, new Address("old", 2), "q"));
      store.saveNode(node);
      store.saveVolume(volume, List.of(chunk, next));
      store.save(new StoreChange().snapshot(snapshot.in(SnapshotState.TAKING, 0)).snapshot(gone));
      store.save(new StoreChange().snapshot(snapshot).removed(gone));
    }
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      assertThat(store.load())
          .isEqualTo(
              new StoredState(
                  List.of(node),
                  List.of(volume),
                  List.of(chunk, next),
                  List.of(),
                  List.of(),
                  List.of(snapshot)));
    }
  }

  @Test
  void committedEpochIsInTheFileBeforeTheStoreIsClosed() throws Exception {
    Path copy = directory.resolve("copy");
    Files.createDirectory(copy);
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      store.saveVolume(new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 41, "w"));
      Files.copy(directory.resolve("polarctrl.mv.db"), copy.resolve("polarctrl.mv.db"));
    }
    try (JdbcCtrlStore crashed = JdbcCtrlStore.openDirectory(copy, 1)) {
      assertThat(crashed.load().volumes().getFirst().epoch()).isEqualTo(41);
    }
  }

  @Test
  void failedTransactionChangesNothing() {
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      VolumeInfo volume = new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 1, "w");
      StoredChunk chunk = new StoredChunk(new ChunkId(1, 0), List.of(1));
      store.saveVolume(volume, List.of(chunk));
      VolumeInfo changed = new VolumeInfo(1, "v", 0, 0, 1 << 20, 2, 2, "w");
      assertThatThrownBy(() -> store.saveVolume(changed, List.of(chunk)))
          .isInstanceOf(StoreException.class);
      assertThat(store.load().volumes()).containsExactly(volume);
    }
  }

  @Test
  void anotherClustersDatabaseIsRefused() {
    JdbcCtrlStore.openDirectory(directory, 1).close();
    assertThatThrownBy(() -> JdbcCtrlStore.openDirectory(directory, 2))
        .hasMessageContaining("is of cluster 1");
  }

  @Test
  void plansAndLeftoversAreChangedTogetherWithPlacements() {
    ChunkId chunk = new ChunkId(1, 0);
    VolumeInfo volume = new VolumeInfo(1, "v", 1 << 20, 1 << 20, 1 << 20, 2, 7, "w");
    StoredPlan open =
        new StoredPlan(4, chunk, PlanKind.REPAIR, 3, 6, PlanState.OPEN, false, 10, 0, "");
    StoredPlan done = open.ended(PlanState.DONE, 20, "x".repeat(2000));
    Leftover leftover = new Leftover(chunk, 3, 4);
    StoredNode node = new StoredNode(3, new Address("h", 1), "r/h", NodeAdmin.LOST_BY_SILENCE, 0);
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      store.saveVolume(volume, List.of(new StoredChunk(chunk, List.of(5, 3))));
      store.save(new StoreChange().plan(open).node(node));
    }
    try (JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, 1)) {
      assertThat(store.load().plans()).containsExactly(open);
      assertThat(store.load().nodes()).containsExactly(node);
      store.save(
          new StoreChange()
              .plan(done)
              .placement(new StoredChunk(chunk, List.of(5, 6)))
              .leftover(leftover));
      assertThat(store.load().plans().getFirst().state()).isEqualTo(PlanState.DONE);
      assertThat(store.load().plans().getFirst().outcome()).hasSize(1000);
      assertThat(store.load().chunks()).containsExactly(new StoredChunk(chunk, List.of(5, 6)));
      assertThat(store.load().leftovers()).containsExactly(leftover);
      store.save(new StoreChange().cleared(leftover));
      assertThat(store.load().leftovers()).isEmpty();
    }
  }

  @Test
  void plansThatEndedLongAgoAreForgottenButNeverTheNewest() {
    ChunkId chunk = new ChunkId(1, 0);
    try (JdbcCtrlStore store = JdbcCtrlStore.open("jdbc:h2:mem:plans", 1)) {
      for (long id : new long[] {1, 2, 3 + PlanTable.KEPT}) {
        PlanState state = id == 2 ? PlanState.OPEN : PlanState.DONE;
        store.save(
            new StoreChange()
                .plan(new StoredPlan(id, chunk, PlanKind.DRAIN, 1, 2, state, false, 1, 2, "")));
      }
      assertThat(store.load().plans()).extracting("id").containsExactly(2L, 3L + PlanTable.KEPT);
    }
  }

  @Test
  void databaseOfTheFirstVersionIsBroughtUpToDateAndANewerOneRefused() throws Exception {
    String url = "jdbc:h2:mem:versions;DB_CLOSE_DELAY=-1";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE cluster (cluster_id BIGINT NOT NULL PRIMARY KEY, schema_version INT)");
      statement.execute("INSERT INTO cluster VALUES (1, 1)");
      statement.execute(
          "CREATE TABLE node (node INT NOT NULL PRIMARY KEY, host VARCHAR(255) NOT NULL,"
              + " port INT NOT NULL, failure_domain VARCHAR(255) NOT NULL)");
      statement.execute("INSERT INTO node VALUES (3, 'h', 1, 'r')");
      statement.execute(
          "CREATE TABLE volume (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE,"
              + " size_bytes BIGINT NOT NULL, target_bytes BIGINT NOT NULL,"
              + " chunk_bytes BIGINT NOT NULL, replicas INT NOT NULL, epoch BIGINT NOT NULL,"
              + " writer VARCHAR(255) NOT NULL)");
      statement.execute(
          "CREATE TABLE chunk_replica (volume BIGINT NOT NULL, chunk INT NOT NULL,"
              + " position INT NOT NULL, node INT NOT NULL, PRIMARY KEY (volume, chunk, position))");
      // As if the program had died in the middle of an earlier update.
      statement.execute(
          "ALTER TABLE node ADD COLUMN admin VARCHAR(32) DEFAULT 'IN_SERVICE' NOT NULL");
    }
    try (JdbcCtrlStore store = JdbcCtrlStore.open(url, 1)) {
      assertThat(store.load().nodes()).containsExactly(new StoredNode(3, new Address("h", 1), "r"));
    }
    JdbcCtrlStore.open(url, 1).close();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE cluster SET schema_version = 99");
    }
    assertThatThrownBy(() -> JdbcCtrlStore.open(url, 1)).hasMessageContaining("schema 99");
  }
}
