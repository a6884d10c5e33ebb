package io.polarj.engine.instance;

import static io.polarj.engine.instance.Fixture.SCHEMA;
import static io.polarj.engine.instance.Fixture.TABLE;
import static io.polarj.engine.instance.Fixture.begin;
import static io.polarj.engine.instance.Fixture.delete;
import static io.polarj.engine.instance.Fixture.ids;
import static io.polarj.engine.instance.Fixture.insert;
import static io.polarj.engine.instance.Fixture.later;
import static io.polarj.engine.instance.Fixture.locked;
import static io.polarj.engine.instance.Fixture.n;
import static io.polarj.engine.instance.Fixture.run;
import static io.polarj.engine.instance.Fixture.setN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.pfs.local.LocalFileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationTest {
  @TempDir Path directory;
  private PrimaryEngine engine;

  @BeforeEach
  void create() throws Exception {
    engine = PrimaryEngine.create(new LocalFileSystem(directory, false), EngineConfig.small());
    Fixture.createTable(engine);
    run(
        engine,
        t -> {
          for (long id = 1; id <= 3; id++) {
            insert(engine, t, id, id * 10, "u" + id);
          }
        });
  }

  @AfterEach
  void everythingHolds() {
    engine.purgeNow();
    assertThat(engine.check()).isEmpty();
    assertThat(engine.transactions().rowLocks().size()).isZero();
    engine.close();
  }

  private void awaitWaiter() {
    Awaitility.await().until(() -> engine.transactions().rowLocks().waiting() > 0);
  }

  @Test
  void repeatableReadKeepsItsSnapshotAndSeesItsOwnChanges() {
    Transaction reader = begin(engine);
    assertThat(n(engine, reader, 1)).isEqualTo(10L);
    run(
        engine,
        t -> {
          setN(engine, t, 1, 11L);
          delete(engine, t, 2);
          insert(engine, t, 4, 15L, "u4");
        });
    engine.purgeNow();
    reader.beginStatement();
    assertThat(n(engine, reader, 1)).isEqualTo(10L);
    assertThat(ids(engine, reader, 0, KeyRange.ALL)).containsExactly(1L, 2L, 3L);
    assertThat(ids(engine, reader, 1, KeyRange.ALL)).containsExactly(1L, 2L, 3L);
    assertThat(ids(engine, reader, 1, KeyRange.ALL, false, true)).containsExactly(1L, 2L, 3L);
    assertThat(ids(engine, reader, 2, KeyRange.prefix((Object) "u2".getBytes())))
        .containsExactly(2L);
    setN(engine, reader, 3, 33L);
    assertThat(n(engine, reader, 3)).isEqualTo(33L);
    // A locking read sees the newest committed version, as in MySQL.
    assertThat(locked(engine, reader, 1).getLong(1)).isEqualTo(11L);
    reader.commit();
    run(engine, t -> assertThat(ids(engine, t, 1, KeyRange.ALL)).containsExactly(1L, 4L, 3L));
  }

  @Test
  void readCommittedSeesEachCommitFromTheNextStatementOn() {
    Transaction reader = engine.begin(IsolationLevel.READ_COMMITTED, false);
    reader.beginStatement();
    assertThat(n(engine, reader, 1)).isEqualTo(10L);
    Transaction writer = begin(engine);
    setN(engine, writer, 1, 11L);
    reader.beginStatement();
    assertThat(n(engine, reader, 1)).isEqualTo(10L);
    writer.commit();
    assertThat(n(engine, reader, 1)).isEqualTo(10L);
    reader.beginStatement();
    assertThat(n(engine, reader, 1)).isEqualTo(11L);
    reader.commit();
  }

  @Test
  void secondWriterWaitsForTheFirstAndBuildsOnIt() throws Exception {
    Transaction first = begin(engine);
    setN(engine, first, 1, 11L);
    CompletableFuture<Void> second =
        later(() ->
            run(
                engine,
                t -> {
                  Row row = locked(engine, t, 1);
                  setN(engine, t, 1, row.getLong(1) + 100);
                }));
    awaitWaiter();
    assertThat(second).isNotDone();
    first.commit();
    second.get(5, TimeUnit.SECONDS);
    run(engine, t -> assertThat(n(engine, t, 1)).isEqualTo(111L));
  }

  @Test
  void waitingWriterGoesOnWithTheOldRowAfterARollback() throws Exception {
    Transaction first = begin(engine);
    delete(engine, first, 1);
    CompletableFuture<Void> second = later(() -> run(engine, t -> setN(engine, t, 1, 12L)));
    awaitWaiter();
    first.rollback();
    second.get(5, TimeUnit.SECONDS);
    run(engine, t -> assertThat(n(engine, t, 1)).isEqualTo(12L));
  }

  @Test
  void oneOfTwoInsertersOfAUniqueKeyWins() throws Exception {
    Transaction first = begin(engine);
    insert(engine, first, 7, 70L, "same");
    CompletableFuture<Void> second =
        later(() -> run(engine, t -> insert(engine, t, 8, 80L, "same")));
    awaitWaiter();
    first.commit();
    assertThatThrownBy(() -> second.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineException.DuplicateKey.class);
    run(engine, t -> assertThat(n(engine, t, 8)).isNull());
  }

  @Test
  void inserterOfAUniqueKeyThatIsBeingDeletedWaitsForTheDeleter() throws Exception {
    Transaction deleter = begin(engine);
    delete(engine, deleter, 1);
    CompletableFuture<Void> failed = later(() -> run(engine, t -> insert(engine, t, 8, 80L, "u1")));
    awaitWaiter();
    deleter.rollback();
    assertThatThrownBy(() -> failed.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineException.DuplicateKey.class);
    Transaction again = begin(engine);
    delete(engine, again, 1);
    CompletableFuture<Void> lucky = later(() -> run(engine, t -> insert(engine, t, 8, 80L, "u1")));
    awaitWaiter();
    again.commit();
    lucky.get(5, TimeUnit.SECONDS);
  }

  @Test
  void deadlockRollsOneBackWholeAndLetsTheOtherGoOn() throws Exception {
    Transaction light = begin(engine);
    Transaction heavy = begin(engine);
    setN(engine, heavy, 3, 30L);
    setN(engine, heavy, 3, 31L);
    setN(engine, heavy, 2, 21L);
    setN(engine, light, 1, 11L);
    CompletableFuture<Void> waiting = later(() -> setN(engine, light, 2, 22L));
    awaitWaiter();
    setN(engine, heavy, 1, 12L);
    assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineException.Deadlock.class);
    assertThat(light.rolledBack()).isTrue();
    light.rollback();
    heavy.commit();
    run(
        engine,
        t -> {
          assertThat(n(engine, t, 1)).isEqualTo(12L);
          assertThat(n(engine, t, 2)).isEqualTo(21L);
        });
  }

  @Test
  void skipLockedPassesOverAndNowaitFails() {
    Transaction holder = begin(engine);
    setN(engine, holder, 2, 21L);
    Transaction other = begin(engine);
    Table table = Fixture.open(engine, other);
    List<Long> got = new ArrayList<>();
    ReadMode skip = new ReadMode(LockMode.EXCLUSIVE, LockWait.SKIP_LOCKED);
    RowCursor cursor = table.scan(other, table.def().primary(), KeyRange.ALL, false, false, skip);
    for (Row row = cursor.next(); row != null; row = cursor.next()) {
      got.add(row.getLong(0));
    }
    assertThat(got).containsExactly(1L, 3L);
    ReadMode nowait = new ReadMode(LockMode.SHARED, LockWait.NOWAIT);
    assertThatThrownBy(() -> table.get(other, table.def().primary(), new Object[] {2L}, nowait))
        .isInstanceOf(EngineException.LockNotAvailable.class);
    other.rollback();
    holder.rollback();
  }

  @Test
  void purgeKeepsWhatAnOldSnapshotNeedsAndRemovesItAfterwards() {
    Transaction old = begin(engine);
    assertThat(n(engine, old, 1)).isEqualTo(10L);
    for (long i = 0; i < 50; i++) {
      long value = 100 + i;
      run(engine, t -> setN(engine, t, 1, value));
    }
    run(engine, t -> delete(engine, t, 2));
    engine.purgeNow();
    assertThat(engine.transactions().segments().historyLength()).isGreaterThanOrEqualTo(51);
    assertThat(n(engine, old, 1)).isEqualTo(10L);
    assertThat(n(engine, old, 2)).isEqualTo(20L);
    assertThat(ids(engine, old, 1, KeyRange.ALL)).containsExactly(1L, 2L, 3L);
    old.commit();
    engine.purgeNow();
    assertThat(engine.transactions().segments().historyLength()).isZero();
    TableRows rows = new TableRows(engine);
    assertThat(rows.stored(0)).isEqualTo(2);
    assertThat(rows.stored(1)).isEqualTo(2);
    assertThat(rows.stored(2)).isEqualTo(2);
  }

  @Test
  void purgeRemovesWhatRollbacksLeft() {
    Transaction t = begin(engine);
    insert(engine, t, 9, 90L, "u9");
    setN(engine, t, 1, 11L);
    delete(engine, t, 2);
    insert(engine, t, 2, 23L, "u2b");
    t.rollback();
    engine.purgeNow();
    assertThat(engine.transactions().segments().historyLength()).isZero();
    TableRows rows = new TableRows(engine);
    for (int index = 0; index < 3; index++) {
      assertThat(rows.stored(index)).isEqualTo(3);
    }
  }

  /** How many records the trees hold, marked ones too. */
  private record TableRows(PrimaryEngine engine) {
    long stored(int index) {
      var data = engine.tables().of(engine.catalogCache().view().table(SCHEMA, TABLE)).data();
      var tree = index == 0 ? data.clustered().tree() : data.secondaries().get(index - 1).tree();
      return tree.check().records();
    }
  }

  @Test
  void lockWaitEndsWithTheTimeoutAndTheTransactionGoesOn() {
    Transaction holder = begin(engine);
    setN(engine, holder, 1, 11L);
    Transaction other = begin(engine);
    setN(engine, other, 2, 21L);
    other.lockWaitTimeout(1);
    assertThatThrownBy(() -> locked(engine, other, 1))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
    other.commit();
    holder.rollback();
    run(engine, t -> assertThat(n(engine, t, 2)).isEqualTo(21L));
  }

  @Test
  void indexesAreBuiltAndDroppedWithRowsInTheTable() {
    engine.createIndex(
        SCHEMA, TABLE, new IndexDef(0, "n_u", false, true, List.of(new IndexColumn(1, 0))), 1);
    run(engine, t -> assertThat(ids(engine, t, 3, KeyRange.prefix(20L))).containsExactly(2L));
    assertThatThrownBy(() -> run(engine, t -> insert(engine, t, 5, 10L, "u5")))
        .isInstanceOf(EngineException.DuplicateKey.class);
    engine.dropIndex(SCHEMA, TABLE, "n_u", 1);
    run(engine, t -> insert(engine, t, 5, 10L, "u5"));
    assertThatThrownBy(() ->
            engine.createIndex(
                SCHEMA,
                TABLE,
                new IndexDef(0, "n_u", false, true, List.of(new IndexColumn(1, 0))),
                1))
        .isInstanceOf(EngineException.DuplicateKey.class);
    assertThat(engine.catalog().table(SCHEMA, TABLE).indexes()).hasSize(3);
  }

  @Test
  void oldSnapshotDoesNotReadThroughAYoungerIndexOrATruncatedTable() {
    Transaction old = begin(engine);
    old.openSnapshot();
    run(engine, t -> setN(engine, t, 1, 11L));
    engine.createIndex(
        SCHEMA, TABLE, new IndexDef(0, "n2", false, false, List.of(new IndexColumn(1, 0))), 1);
    assertThatThrownBy(() -> ids(engine, old, 3, KeyRange.ALL))
        .isInstanceOf(EngineException.TableChanged.class);
    old.rollback();
    Transaction older = begin(engine);
    older.openSnapshot();
    run(engine, t -> setN(engine, t, 1, 12L));
    engine.truncateTable(SCHEMA, TABLE, 1);
    assertThatThrownBy(() -> ids(engine, older, 0, KeyRange.ALL))
        .isInstanceOf(EngineException.TableChanged.class);
    older.rollback();
    run(engine, t -> assertThat(ids(engine, t, 0, KeyRange.ALL)).isEmpty());
  }

  @Test
  void droppedTableIsGoneWithItsFileOnceNobodyNeedsIt() throws Exception {
    long id = engine.catalog().table(SCHEMA, TABLE).id();
    engine.renameTable(SCHEMA, TABLE, SCHEMA, "t2", 1);
    engine.dropTable(SCHEMA, "t2", 1);
    run(
        engine,
        t ->
            assertThatThrownBy(() -> n(engine, t, 1))
                .isInstanceOf(EngineException.NoSuchTable.class));
    engine.createTable(Fixture.table(TABLE));
    run(engine, t -> insert(engine, t, 1, 1L, "a"));
    engine.purgeNow();
    Awaitility.await().until(() -> !engine.fileSystem().exists("/data/t" + id + ".pjt"));
  }

  @Test
  void autoIncrementNeverComesTwice() throws Exception {
    Transaction t = begin(engine);
    Table table = Fixture.open(engine, t);
    long first = table.reserveAutoIncrement(3);
    table.observeAutoIncrement(1000);
    long high = table.reserveAutoIncrement(1);
    insert(engine, t, 4, 1L, "x");
    t.commit();
    assertThat(first).isEqualTo(1);
    assertThat(high).isEqualTo(1001);
    engine.abandon();
    engine = PrimaryEngine.open(new LocalFileSystem(directory, false), EngineConfig.small());
    Transaction after = begin(engine);
    long next = Fixture.open(engine, after).reserveAutoIncrement(1);
    assertThat(next).isGreaterThan(1001);
    after.commit();
    engine.close();
    engine = PrimaryEngine.open(new LocalFileSystem(directory, false), EngineConfig.small());
    Transaction clean = begin(engine);
    assertThat(Fixture.open(engine, clean).peekAutoIncrement()).isEqualTo(next + 1);
    clean.commit();
  }
}
