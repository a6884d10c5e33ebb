package io.polarj.replication;

import static io.polarj.replication.Cluster.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.replication.Cluster.Replica;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and replicas over one directory: what is committed is seen, whoever restarts. */
class ReplicationTest {
  private static final ReplicationSettings SETTINGS =
      ReplicationSettings.defaults().withLease(600, 100, 50);

  @TempDir Path directory;

  private static void put(Cluster cluster, long id, long n) {
    Accounts.run(cluster.primary(), t -> Accounts.insert(cluster.primary(), t, id, n, "x"));
  }

  private static Long read(Replica replica, long id) {
    Long[] n = new Long[1];
    Accounts.run(replica.engine(), t -> n[0] = Accounts.n(replica.engine(), t, id));
    return n[0];
  }

  @Test
  void committedRowIsReadOnEveryReplica() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), 3, 100);
      Replica first = cluster.replica();
      Replica second = cluster.replica();
      put(cluster, 4, 7);
      for (Replica replica : new Replica[] {first, second}) {
        cluster.catchUp(replica);
        assertThat(read(replica, 4)).isEqualTo(7L);
        assertThat(replica.node().status().primarySqlAddress()).isEqualTo("primary:3306");
        assertThat(replica.engine().status().counters())
            .containsEntry("Polarj_replica_serving", 1L);
      }
      assertThat(cluster.replication().replicas()).hasSize(2);
      assertThat(
              cluster.replication().awaitReplicas(cluster.primary().durableCommitLsn(), LONG_NANOS))
          .isTrue();
    }
  }

  @Test
  void writesAndDefinitionsAreRefusedOnAReplica() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), 1, 1);
      Engine engine = cluster.replica().engine();
      Transaction transaction = Cluster.begin(engine);
      assertThatThrownBy(() -> Accounts.insert(engine, transaction, 9, 9L, ""))
          .isInstanceOf(EngineException.ReadOnly.class);
      transaction.rollback();
      assertThatThrownBy(() -> engine.createSchema("x"))
          .isInstanceOf(EngineException.ReadOnly.class);
    }
  }

  @Test
  void replicaThatRestartsAttachesFromTheCheckpoint() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), 500, 100);
      Replica first = cluster.replica();
      first.close();
      cluster.forget(first);
      put(cluster, 1000, 1);
      cluster.primary().kernel().flushAndCheckpoint();
      put(cluster, 1001, 2);
      Replica second = cluster.replica();
      cluster.catchUp(second);
      assertThat(read(second, 1000)).isEqualTo(1L);
      assertThat(read(second, 1001)).isEqualTo(2L);
    }
  }

  @Test
  void killedReplicaDisturbsNobodyForLongerThanItsLease() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), 100, 100);
      Replica dead = cluster.replica();
      Replica alive = cluster.replica();
      dead.kill();
      cluster.forget(dead);
      long deadLsn = dead.node().appliedLsn();
      Accounts.run(
          cluster.primary(),
          t -> {
            for (long id = 2000; id < 2300; id++) {
              Accounts.insert(cluster.primary(), t, id, id, "x".repeat(100));
            }
          });
      put(cluster, 1000, 1);
      cluster.catchUp(alive);
      assertThat(read(alive, 1000)).isEqualTo(1L);
      long lsn = cluster.primary().durableCommitLsn();
      assertThat(cluster.replication().awaitReplicas(lsn, LONG_NANOS)).isTrue();
      cluster.primary().kernel().flushAndCheckpoint();
      assertThat(cluster.primary().kernel().checkpointLsn()).isGreaterThan(deadLsn);
      assertThat(cluster.replication().replicas()).hasSize(1);
    }
  }

  @Test
  void replicasGoOnWhenThePrimaryIsKilledAndStartedAgain() throws Exception {
    ReplicationSettings patient = SETTINGS.withLease(4_000, 300, 100);
    try (Cluster cluster = new Cluster(directory, patient)) {
      Accounts.create(cluster.primary(), 100, 100);
      Replica replica = cluster.replica();
      Transaction open = Cluster.begin(replica.engine());
      assertThat(Accounts.n(replica.engine(), open, 1)).isEqualTo(100L);
      Transaction unfinished = Cluster.begin(cluster.primary());
      Accounts.add(cluster.primary(), unfinished, 1, 1);
      cluster.restartPrimary(true);
      cluster.primary().awaitRollbackOfLosers();
      put(cluster, 1000, 1);
      cluster.catchUp(replica);
      assertThat(read(replica, 1000)).isEqualTo(1L);
      assertThat(read(replica, 1)).isEqualTo(100L);
      assertThat(Accounts.n(replica.engine(), open, 1000)).isNull();
      open.commit();
      assertThat(replica.node().status().attachments()).isEqualTo(2);
      assertThat(replica.node().status().rejoins()).isZero();
      // The grace after the start ends before the engine can write its pages and close.
      assertThat(
              cluster.replication().awaitReplicas(cluster.primary().durableCommitLsn(), LONG_NANOS))
          .isTrue();
    }
  }

  @Test
  void replicaOfAPrimaryThatIsGoneStopsAnsweringAndComesBackWithIt() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), 2000, 100);
      Replica replica = cluster.replica();
      Transaction open = Cluster.begin(replica.engine());
      assertThat(Accounts.n(replica.engine(), open, 1)).isEqualTo(100L);
      cluster.restartPrimary(false, () -> assertThat(replica.awaitRefusal()).contains("no lease"));
      put(cluster, 5000, 1);
      assertThat(replica.node().awaitServing(LONG_NANOS)).isTrue();
      cluster.catchUp(replica);
      assertThat(read(replica, 5000)).isEqualTo(1L);
      assertThatThrownBy(() -> Accounts.n(replica.engine(), open, 1))
          .isInstanceOf(EngineException.NotServing.class);
      open.rollback();
    }
  }

  @Test
  void droppedTableIsTakenAwayFromReadersWithAClearErrorAndItsFileWaitsForReplicas()
      throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      PrimaryEngine primary = cluster.primary();
      Accounts.create(primary, 100, 1);
      long id = primary.catalog().table(Accounts.SCHEMA, Accounts.TABLE).id();
      Replica replica = cluster.replica();
      Transaction reader = Cluster.begin(replica.engine());
      Table table = Accounts.open(replica.engine(), reader);
      reader.openSnapshot();
      primary.createTable(Accounts.definition("second"));
      primary.dropTable(Accounts.SCHEMA, Accounts.TABLE, 1);
      primary.purgeNow();
      assertThat(files()).as("the reader's snapshot is older than the drop").contains(file(id));
      cluster.catchUp(replica);
      assertThatThrownBy(
              () -> table.get(reader, table.def().primary(), new Object[] {1L}, ReadMode.SNAPSHOT))
          .isInstanceOf(EngineException.TableChanged.class);
      reader.rollback();
      put2(primary);
      cluster.catchUp(replica);
      assertThat(replica.engine().catalog().tables(Accounts.SCHEMA))
          .extracting(def -> def.name())
          .containsExactly("second");
      long lsn = primary.kernel().durableLsn();
      assertThat(cluster.replication().awaitReplicas(lsn, LONG_NANOS)).isTrue();
      primary.purgeNow();
      assertThat(files()).doesNotContain(file(id));
    }
  }

  private static void put2(PrimaryEngine primary) {
    Accounts.run(
        primary,
        t ->
            primary
                .openTable(t, Accounts.SCHEMA, "second")
                .insert(t, new Object[] {1L, 1L, new byte[0]}));
  }

  private static String file(long tableId) {
    return "t" + tableId + ".pjt";
  }

  private java.util.List<String> files() {
    return Arrays.asList(directory.resolve("data").toFile().list());
  }

  @Test
  void longReaderOfAReplicaKeepsItsSnapshotWhileThePrimaryPurges() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      PrimaryEngine primary = cluster.primary();
      Accounts.create(primary, 300, 10);
      Replica replica = cluster.replica();
      Transaction reader = Cluster.begin(replica.engine());
      assertThat(Accounts.sum(replica.engine(), reader, 0)).containsExactly(3000, 300);
      Random random = new Random(5);
      for (int i = 0; i < 600; i++) {
        Accounts.run(primary, t -> Accounts.add(primary, t, 1 + random.nextInt(300), 1));
        if (i % 100 == 0) {
          primary.purgeNow();
        }
      }
      cluster.catchUp(replica);
      primary.purgeNow();
      assertThat(Accounts.sum(replica.engine(), reader, 0)).containsExactly(3000, 300);
      assertThat(Accounts.sum(replica.engine(), reader, 1)).containsExactly(3000, 300);
      reader.commit();
      Accounts.run(
          replica.engine(),
          t -> assertThat(Accounts.sum(replica.engine(), t, 1)).containsExactly(3600, 300));
    }
  }

  @Test
  void readerThatPurgeDoesNotWaitForGetsAnErrorAndNeverWrongRows() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS.withSnapshotsHoldPurge(false))) {
      PrimaryEngine primary = cluster.primary();
      Accounts.create(primary, 100, 10);
      Replica replica = cluster.replica();
      Transaction reader = Cluster.begin(replica.engine());
      reader.openSnapshot();
      Accounts.run(primary, t -> Accounts.add(primary, t, 1, 5));
      put(cluster, 1000, 1);
      cluster.catchUp(replica);
      assertThat(cluster.replication().awaitReplicas(primary.durableCommitLsn(), LONG_NANOS))
          .isTrue();
      primary.purgeNow();
      cluster.catchUp(replica);
      assertThatThrownBy(() -> Accounts.sum(replica.engine(), reader, 0))
          .isInstanceOf(EngineException.SnapshotTooOld.class);
      reader.rollback();
    }
  }
}
