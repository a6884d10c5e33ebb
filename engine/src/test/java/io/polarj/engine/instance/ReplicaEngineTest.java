package io.polarj.engine.instance;

import static io.polarj.engine.instance.Fixture.SCHEMA;
import static io.polarj.engine.instance.Fixture.TABLE;
import static io.polarj.engine.instance.Fixture.begin;
import static io.polarj.engine.instance.Fixture.delete;
import static io.polarj.engine.instance.Fixture.ids;
import static io.polarj.engine.instance.Fixture.insert;
import static io.polarj.engine.instance.Fixture.n;
import static io.polarj.engine.instance.Fixture.open;
import static io.polarj.engine.instance.Fixture.run;
import static io.polarj.engine.instance.Fixture.setN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.pfs.local.LocalFileSystem;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and a replica over one directory (R1, R4, R5). */
class ReplicaEngineTest {
  @TempDir Path directory;
  private PrimaryEngine primary;
  private ReplicaEngine replica;

  @BeforeEach
  void create() throws Exception {
    primary = PrimaryEngine.create(new LocalFileSystem(directory, false), EngineConfig.small());
    Fixture.createTable(primary);
    run(
        primary,
        t -> {
          for (long id = 1; id <= 3; id++) {
            insert(primary, t, id, id * 10, "u" + id);
          }
        });
    join();
  }

  /** Bounds first, then apply, then serve: from then on no page here is from the future. */
  private void join() throws Exception {
    primary.redoRetention(() -> 0);
    replica = ReplicaEngine.open(new LocalFileSystem(directory, true), EngineConfig.small());
    primary.flushBound(replica::appliedLsn);
    primary.kernel().takeCheckpoint();
    catchUp();
    replica.serve();
  }

  @AfterEach
  void close() {
    primary.flushBound(() -> Long.MAX_VALUE);
    replica.close();
    primary.close();
  }

  private void catchUp() {
    primary.kernel().waitDurable(primary.kernel().newestLsn());
    replica.applyTo(primary.kernel().durableLsn());
  }

  @Test
  void replicaSeesCommitsOnceItHasAppliedThemAndNothingElse() {
    Transaction open = begin(primary);
    setN(primary, open, 1, 11L);
    insert(primary, open, 4, 40L, "u4");
    catchUp();
    run(replica, t -> assertThat(n(replica, t, 1)).isEqualTo(10L));
    run(replica, t -> assertThat(ids(replica, t, 1, KeyRange.ALL)).containsExactly(1L, 2L, 3L));
    open.commit();
    run(replica, t -> assertThat(n(replica, t, 1)).isEqualTo(10L));
    catchUp();
    run(
        replica,
        t -> {
          assertThat(n(replica, t, 1)).isEqualTo(11L);
          assertThat(ids(replica, t, 1, KeyRange.ALL, false, true)).containsExactly(1L, 2L, 3L, 4L);
          assertThat(ids(replica, t, 2, KeyRange.prefix((Object) "u4".getBytes())))
              .containsExactly(4L);
        });
  }

  @Test
  void snapshotOnTheReplicaStaysWhileRedoIsApplied() {
    Transaction reader = begin(replica);
    assertThat(n(replica, reader, 1)).isEqualTo(10L);
    primary.purgeBound(replica::oldestSnapshot);
    run(primary, t -> setN(primary, t, 1, 11L));
    run(primary, t -> delete(primary, t, 2));
    primary.purgeNow();
    catchUp();
    assertThat(n(replica, reader, 1)).isEqualTo(10L);
    assertThat(ids(replica, reader, 1, KeyRange.ALL)).containsExactly(1L, 2L, 3L);
    reader.commit();
    run(replica, t -> assertThat(ids(replica, t, 0, KeyRange.ALL)).containsExactly(1L, 3L));
  }

  @Test
  void snapshotThatWasPurgedAwayGetsAnErrorInsteadOfWrongData() {
    Transaction reader = begin(replica);
    reader.openSnapshot();
    run(primary, t -> delete(primary, t, 2));
    primary.purgeNow();
    catchUp();
    assertThatThrownBy(() -> ids(replica, reader, 0, KeyRange.ALL))
        .isInstanceOf(EngineException.SnapshotTooOld.class);
    assertThatThrownBy(() -> n(replica, reader, 2))
        .isInstanceOf(EngineException.SnapshotTooOld.class);
    reader.commit();
    run(replica, t -> assertThat(ids(replica, t, 0, KeyRange.ALL)).containsExactly(1L, 3L));
  }

  @Test
  void writesAreRefused() {
    Transaction t = begin(replica);
    Table table = open(replica, t);
    assertThatThrownBy(() -> table.insert(t, Fixture.row(9, 9L, "x")))
        .isInstanceOf(EngineException.ReadOnly.class);
    assertThatThrownBy(
            () -> table.get(t, table.def().primary(), new Object[] {1L}, ReadMode.FOR_UPDATE))
        .isInstanceOf(EngineException.ReadOnly.class);
    assertThatThrownBy(() -> replica.createSchema("x"))
        .isInstanceOf(EngineException.ReadOnly.class);
    t.rollback();
  }

  @Test
  void catalogFollowsDefinitionsAndReadersOfADroppedTableAreTold() {
    Transaction reader = begin(replica);
    Table table = open(replica, reader);
    primary.createTable(Fixture.table("second"));
    primary.dropTable(SCHEMA, TABLE, 1);
    catchUp();
    assertThat(replica.catalog().tables(SCHEMA))
        .extracting(def -> def.name())
        .containsExactly("second");
    assertThatThrownBy(
            () -> table.get(reader, table.def().primary(), new Object[] {1L}, ReadMode.SNAPSHOT))
        .isInstanceOf(EngineException.TableChanged.class);
    reader.rollback();
  }

  @Test
  void readerOfADroppedIndexIsToldThatTheTableChanged() {
    run(
        primary,
        t -> {
          for (long id = 100; id < 1500; id++) {
            insert(primary, t, id, id, "v".repeat(200) + id);
          }
        });
    catchUp();
    Transaction reader = begin(replica);
    Table table = open(replica, reader);
    try (RowCursor begun =
        table.scan(
            reader, table.def().indexes().get(2), KeyRange.ALL, false, false, ReadMode.SNAPSHOT)) {
      assertThat(begun.next()).isNotNull();
      primary.dropIndex(SCHEMA, TABLE, "by_u", 1);
      catchUp();
      assertThatThrownBy(
              () -> {
                while (begun.next() != null) {
                  assertThat(begun).isNotNull();
                }
              })
          .isInstanceOf(EngineException.TableChanged.class);
    }
    reader.rollback();
    run(replica, t -> assertThat(ids(replica, t, 1, KeyRange.ALL)).hasSize(1403));
  }

  @Test
  void readersSeeAPrefixOfTheCommitsWhileTreesSplitUnderThem() throws Exception {
    // Commit k adds row 1000 + k and moves the total in row 1 to k: a prefix has both or neither.
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong observed = new AtomicLong();
    Thread applier =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!over.get()) {
                  replica.applyTo(primary.kernel().durableLsn());
                }
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!over.get()) {
                  observed.set(readPrefix(observed.get()));
                }
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    Random random = new Random(3);
    primary.purgeBound(replica::oldestSnapshot);
    run(primary, t -> setN(primary, t, 1, 0L));
    for (long k = 1; k <= 600 && failures.isEmpty(); k++) {
      long commit = k;
      run(
          primary,
          t -> {
            insert(primary, t, 1000 + commit, commit, commit + "x".repeat(random.nextInt(700)));
            setN(primary, t, 1, commit);
          });
    }
    over.set(true);
    applier.join();
    reader.join();
    assertThat(failures).isEmpty();
    catchUp();
    assertThat(readPrefix(0)).isEqualTo(600);
  }

  private long readPrefix(long atLeast) {
    Transaction t = begin(replica);
    try {
      Table table = open(replica, t);
      long total = n(replica, t, 1);
      KeyRange added = new KeyRange(new Object[] {1000L}, true, null, true);
      long expected = 1;
      try (RowCursor rows =
          table.scan(t, table.def().primary(), added, false, false, ReadMode.SNAPSHOT)) {
        for (Row row = rows.next(); row != null; row = rows.next()) {
          assertThat(row.getLong(0)).isEqualTo(1000 + expected++);
        }
      }
      if (total != 10) {
        assertThat(expected - 1).isEqualTo(total);
        assertThat(total).isGreaterThanOrEqualTo(atLeast);
      }
      return total == 10 ? 0 : total;
    } finally {
      t.rollback();
    }
  }
}
