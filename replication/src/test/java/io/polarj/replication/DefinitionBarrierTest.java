package io.polarj.replication;

import static io.polarj.replication.Cluster.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.replication.Cluster.Replica;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a statement that changes a definition returns, no replica answers from the old one (R6). */
class DefinitionBarrierTest {
  private static final ReplicationSettings SETTINGS = ReplicationSettings.defaults();
  private static final ReplicationSettings SHORT_LEASE = SETTINGS.withLease(600, 100, 50);
  private static final String SCHEMA = Accounts.SCHEMA;
  private static final String TABLE = Accounts.TABLE;

  @TempDir Path directory;

  /** Holds the reads of redo back while it is closed. */
  private static final class Gate implements Consumer<String>, AutoCloseable {
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Semaphore arrived = new Semaphore(0);
    private final Semaphore open = new Semaphore(0);

    @Override
    public void accept(String path) {
      if (closed.get() && path.startsWith("/redo/")) {
        arrived.release();
        open.acquireUninterruptibly();
      }
    }

    void shut() {
      closed.set(true);
    }

    @Override
    public void close() {
      open();
    }

    void open() {
      closed.set(false);
      open.release(1000);
    }
  }

  private static Replica gated(Cluster cluster, Gate gate) throws Exception {
    return cluster.replica(files -> new ReadOnlyGuard(files, gate));
  }

  @Test
  void everyDefinitionIsOnEveryReplicaWhenItsStatementReturns() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      PrimaryEngine primary = cluster.primary();
      List<Catalog> replicas =
          List.of(cluster.replica().engine().catalog(), cluster.replica().engine().catalog());
      primary.createSchema(SCHEMA);
      assertThat(replicas).allMatch(catalog -> catalog.schemaExists(SCHEMA));
      primary.createTable(Accounts.definition(TABLE));
      assertThat(replicas).allMatch(catalog -> catalog.table(SCHEMA, TABLE) != null);
      Accounts.run(primary, t -> Accounts.insert(primary, t, 1, 7L, "x"));
      primary.createIndex(
          SCHEMA,
          TABLE,
          new IndexDef(0, "second", false, false, List.of(new IndexColumn(1, 0))),
          1);
      assertThat(replicas).allMatch(catalog -> indexes(catalog) == 3);
      primary.dropIndex(SCHEMA, TABLE, "second", 1);
      assertThat(replicas).allMatch(catalog -> indexes(catalog) == 2);
      long id = primary.catalog().table(SCHEMA, TABLE).id();
      primary.truncateTable(SCHEMA, TABLE, 1);
      assertThat(replicas).allMatch(catalog -> catalog.table(SCHEMA, TABLE).id() > id);
      primary.renameTable(SCHEMA, TABLE, SCHEMA, "other", 1);
      assertThat(replicas).allMatch(catalog -> catalog.table(SCHEMA, TABLE) == null);
      primary.dropTable(SCHEMA, "other", 1);
      assertThat(replicas).allMatch(catalog -> catalog.table(SCHEMA, "other") == null);
      primary.dropSchema(SCHEMA);
      assertThat(replicas).allMatch(catalog -> !catalog.schemaExists(SCHEMA));
    }
  }

  private static int indexes(Catalog catalog) {
    TableDef table = catalog.table(SCHEMA, TABLE);
    return table.indexes().size();
  }

  @Test
  void definitionWaitsForAReplicaThatHasNotAppliedItYet() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS);
        Gate gate = new Gate()) {
      cluster.primary().createSchema(SCHEMA);
      Replica replica = gated(cluster, gate);
      cluster.replica();
      gate.shut();
      CompletableFuture<Boolean> there =
          CompletableFuture.supplyAsync(() -> {
            cluster.primary().createTable(Accounts.definition(TABLE));
            return replica.engine().catalog().table(SCHEMA, TABLE) != null;
          });
      gate.arrived.acquire();
      // Its lease is renewed all the time, so this would wait for ever.
      assertThatThrownBy(() -> there.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(cluster.primary().catalog().table(SCHEMA, TABLE)).isNotNull();
      gate.open();
      assertThat(there.get()).isTrue();
    }
  }

  @Test
  void deadReplicaDelaysADefinitionOnlyUntilItsLeaseHasEnded() throws Exception {
    try (Cluster cluster = new Cluster(directory, SHORT_LEASE)) {
      cluster.primary().createSchema(SCHEMA);
      Replica dead = cluster.replica();
      Replica alive = cluster.replica();
      dead.kill();
      cluster.forget(dead);
      cluster.primary().createTable(Accounts.definition(TABLE));
      assertThat(cluster.replication().replicas())
          .as("who has a lease when the statement returns")
          .extracting(replica -> replica.name())
          .containsExactly("replica-2");
      assertThat(alive.engine().catalog().table(SCHEMA, TABLE)).isNotNull();
    }
  }

  @Test
  void primaryThatStopsMeanwhileAnswersWithAnError() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS);
        Gate gate = new Gate()) {
      cluster.primary().createSchema(SCHEMA);
      gated(cluster, gate);
      gate.shut();
      PrimaryEngine before = cluster.primary();
      CompletableFuture<Void> created =
          CompletableFuture.runAsync(() -> before.createTable(Accounts.definition(TABLE)));
      gate.arrived.acquire();
      cluster.restartPrimary(
          true,
          () ->
              assertThatThrownBy(created::get)
                  .isInstanceOf(ExecutionException.class)
                  .hasCauseInstanceOf(EngineException.class));
      gate.open();
      assertThat(
              cluster.replication().awaitReplicas(cluster.primary().durableCommitLsn(), LONG_NANOS))
          .isTrue();
    }
  }

  /** What the primary is told that a replica has applied is what its readers find (R1, R3). */
  @Test
  void appliedLsnIsToldOnlyWhenItsRedoHasBeenReadAndApplied() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS);
        Gate gate = new Gate()) {
      Accounts.create(cluster.primary(), 3, 100);
      Replica replica = gated(cluster, gate);
      cluster.catchUp(replica);
      long before = replica.node().appliedLsn();
      gate.shut();
      Accounts.run(cluster.primary(), t -> Accounts.add(cluster.primary(), t, 1, 5));
      gate.arrived.acquire();
      assertThat(replica.node().appliedLsn()).isEqualTo(before);
      assertThat(cluster.replication().bounds().flushLsn()).isLessThanOrEqualTo(before);
      gate.open();
      cluster.catchUp(replica);
      Accounts.run(
          replica.engine(), t -> assertThat(Accounts.n(replica.engine(), t, 1)).isEqualTo(105));
    }
  }
}
