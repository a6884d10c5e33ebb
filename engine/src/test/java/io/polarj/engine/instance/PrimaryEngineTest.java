package io.polarj.engine.instance;

import static io.polarj.engine.instance.Fixture.begin;
import static io.polarj.engine.instance.Fixture.createTable;
import static io.polarj.engine.instance.Fixture.delete;
import static io.polarj.engine.instance.Fixture.ids;
import static io.polarj.engine.instance.Fixture.insert;
import static io.polarj.engine.instance.Fixture.n;
import static io.polarj.engine.instance.Fixture.run;
import static io.polarj.engine.instance.Fixture.setN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.page.PageType;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.pfs.local.LocalFileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrimaryEngineTest {
  @TempDir Path directory;
  private PrimaryEngine engine;

  @BeforeEach
  void create() throws Exception {
    engine = PrimaryEngine.create(new LocalFileSystem(directory, false), EngineConfig.small());
    createTable(engine);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void reopen() throws Exception {
    engine = PrimaryEngine.open(new LocalFileSystem(directory, false), EngineConfig.small());
  }

  @Test
  void rowsAreFoundThroughEveryIndexAndSurviveACleanRestart() throws Exception {
    run(
        engine,
        t -> {
          insert(engine, t, 2, 20L, "b");
          insert(engine, t, 1, 20L, "a");
          insert(engine, t, 3, null, null);
        });
    for (int round = 0; round < 2; round++) {
      run(
          engine,
          t -> {
            assertThat(ids(engine, t, 0, KeyRange.ALL)).containsExactly(1L, 2L, 3L);
            assertThat(ids(engine, t, 1, KeyRange.prefix(20L))).containsExactly(1L, 2L);
            assertThat(ids(engine, t, 1, KeyRange.ALL, true, true)).containsExactly(2L, 1L, 3L);
            assertThat(ids(engine, t, 2, KeyRange.prefix((Object) "b".getBytes())))
                .containsExactly(2L);
          });
      engine.close();
      reopen();
    }
  }

  @Test
  void crashKeepsWhatWasCommittedAndUndoesTheRest() throws Exception {
    run(engine, t -> insert(engine, t, 1, 10L, "a"));
    Transaction open = begin(engine);
    setN(engine, open, 1, 11L);
    insert(engine, open, 2, 20L, "b");
    run(engine, t -> insert(engine, t, 3, 30L, "c"));
    engine.abandon();
    reopen();
    run(
        engine,
        t -> {
          assertThat(n(engine, t, 1)).isEqualTo(10L);
          assertThat(ids(engine, t, 0, KeyRange.ALL)).containsExactly(1L, 3L);
          assertThat(ids(engine, t, 1, KeyRange.ALL)).containsExactly(1L, 3L);
        });
    // A writer waits for the loser's rollback instead of losing to it.
    run(engine, t -> setN(engine, t, 1, 12L));
    run(engine, t -> insert(engine, t, 2, 21L, "b"));
    run(engine, t -> assertThat(ids(engine, t, 1, KeyRange.ALL)).containsExactly(1L, 2L, 3L));
  }

  @Test
  void rollbackPutsRowsAndIndexesBack() {
    run(engine, t -> insert(engine, t, 1, 10L, "a"));
    Transaction t = begin(engine);
    setN(engine, t, 1, 11L);
    delete(engine, t, 1);
    insert(engine, t, 1, 12L, "a2");
    insert(engine, t, 2, 20L, "b");
    t.rollback();
    run(
        engine,
        r -> {
          assertThat(n(engine, r, 1)).isEqualTo(10L);
          assertThat(ids(engine, r, 1, KeyRange.prefix(10L))).containsExactly(1L);
          assertThat(ids(engine, r, 1, KeyRange.ALL)).containsExactly(1L);
          assertThat(ids(engine, r, 2, KeyRange.prefix((Object) "a".getBytes())))
              .containsExactly(1L);
        });
    assertThat(engine.transactions().rowLocks().size()).isZero();
  }

  @Test
  void savepointUndoesOnlyWhatCameAfterIt() {
    Transaction t = begin(engine);
    insert(engine, t, 1, 10L, "a");
    Savepoint first = t.savepoint();
    setN(engine, t, 1, 11L);
    Savepoint second = t.savepoint();
    setN(engine, t, 1, 12L);
    insert(engine, t, 2, 20L, "b");
    t.rollbackTo(second);
    assertThat(n(engine, t, 1)).isEqualTo(11L);
    setN(engine, t, 1, 13L);
    t.rollbackTo(first);
    assertThat(n(engine, t, 1)).isEqualTo(10L);
    assertThat(n(engine, t, 2)).isNull();
    insert(engine, t, 2, 21L, "b");
    t.commit();
    run(engine, r -> assertThat(ids(engine, r, 1, KeyRange.ALL)).containsExactly(1L, 2L));
  }

  @Test
  void duplicateKeysAreRefusedAndLeaveNothingBehind() {
    run(engine, t -> insert(engine, t, 1, 10L, "a"));
    Transaction t = begin(engine);
    assertThatThrownBy(() -> insert(engine, t, 1, 11L, "x"))
        .isInstanceOf(EngineException.DuplicateKey.class)
        .hasMessageContaining("PRIMARY");
    assertThatThrownBy(() -> insert(engine, t, 2, 22L, "a"))
        .isInstanceOf(EngineException.DuplicateKey.class)
        .hasMessageContaining("by_u");
    insert(engine, t, 3, 30L, "c");
    t.commit();
    run(engine, r -> assertThat(ids(engine, r, 1, KeyRange.ALL)).containsExactly(1L, 3L));
  }

  @Test
  void longValuesAndTheirOldVersionsAreKept() {
    String big = "x".repeat(2000);
    byte[] huge = new byte[60_000];
    run(engine, t -> insert(engine, t, 1, 10L, big));
    Transaction old = begin(engine);
    assertThat(n(engine, old, 1)).isEqualTo(10L);
    run(engine, t -> setN(engine, t, 1, 11L));
    assertThat(n(engine, old, 1)).isEqualTo(10L);
    old.commit();
    assertThatThrownBy(
            () -> run(engine, t -> Fixture.open(engine, t).insert(t, new Object[] {2L, 20L, huge})))
        .isInstanceOf(EngineException.TooLarge.class);
    run(engine, t -> assertThat(ids(engine, t, 0, KeyRange.ALL)).containsExactly(1L));
  }

  @Test
  void tableWithoutPrimaryKeyGetsRowIdsThatGoOnAfterARestart() throws Exception {
    TableDef plain = Fixture.table("keyless");
    IndexDef hidden = new IndexDef(0, "PRIMARY", true, true, List.of());
    engine.createTable(
        new TableDef(
            0,
            0,
            plain.schema(),
            plain.name(),
            plain.columns(),
            List.of(hidden, plain.indexes().get(1)),
            Map.of()));
    for (int round = 0; round < 2; round++) {
      run(
          engine,
          t -> {
            Table table = engine.openTable(t, Fixture.SCHEMA, "keyless");
            table.insert(t, Fixture.row(7, 1L, "same"));
            table.insert(t, Fixture.row(7, 1L, "same"));
          });
      engine.abandon();
      reopen();
    }
    run(
        engine,
        t -> {
          Table table = engine.openTable(t, Fixture.SCHEMA, "keyless");
          int rows = 0;
          try (RowCursor cursor =
              table.scan(
                  t,
                  table.def().indexes().get(1),
                  KeyRange.prefix(1L),
                  false,
                  false,
                  ReadMode.FOR_UPDATE)) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
              rows++;
              if (rows == 2) {
                table.delete(t, row);
              }
            }
          }
          assertThat(rows).isEqualTo(4);
          assertThat(table.rowCountEstimate()).isEqualTo(3);
        });
    engine.purgeNow();
    assertThat(engine.check()).isEmpty();
  }

  @Test
  void longColumnsKeepTheirOldVersionsUntilPurge() throws Exception {
    TableDef plain = Fixture.table("long");
    engine.createTable(
        new TableDef(
            0,
            0,
            plain.schema(),
            plain.name(),
            plain.columns(),
            plain.indexes().subList(0, 2),
            Map.of()));
    run(engine, t -> putLong(t, 1, 0, false));
    Transaction old = begin(engine);
    assertThat(getLong(old)).isEqualTo(length(0));
    for (int round = 1; round <= 12; round++) {
      int length = round;
      run(engine, t -> putLong(t, 1, length, true));
      assertThat(getLong(old)).isEqualTo(length(0));
    }
    Transaction undone = begin(engine);
    putLong(undone, 1, 3, true);
    undone.rollback();
    assertThat(getLong(old)).isEqualTo(length(0));
    old.commit();
    engine.purgeNow();
    assertThat(engine.check()).isEmpty();
    Transaction open = begin(engine);
    putLong(open, 1, 5, true);
    engine.kernel().waitDurable(engine.kernel().newestLsn());
    engine.abandon();
    reopen();
    run(engine, t -> assertThat(getLong(t)).isEqualTo(length(12)));
    engine.awaitRollbackOfLosers();
    engine.purgeNow();
    assertThat(engine.check()).isEmpty();
    assertThat(engine.transactions().segments().historyLength()).isZero();
  }

  private static int length(int round) {
    return 9_000 + round * 7_000;
  }

  private int getLong(Transaction t) {
    Table table = engine.openTable(t, Fixture.SCHEMA, "long");
    return table
        .get(t, table.def().primary(), new Object[] {1L}, ReadMode.SNAPSHOT)
        .getBytes(2)
        .length;
  }

  private void putLong(Transaction t, long id, int round, boolean update) {
    Table table = engine.openTable(t, Fixture.SCHEMA, "long");
    Object[] row = {id, (long) round, new byte[length(round)]};
    if (update) {
      table.update(
          t, table.get(t, table.def().primary(), new Object[] {id}, ReadMode.FOR_UPDATE), row);
    } else {
      table.insert(t, row);
    }
  }

  @Test
  void pagesThatACrashLeftUnusedAreCountedAndNotCalledDamage() {
    run(engine, t -> insert(engine, t, 900, 1L, "x"));
    assertThat(engine.unreachablePages()).isEmpty();
    int space = Math.toIntExact(engine.catalog().table(Fixture.SCHEMA, Fixture.TABLE).id());
    Mtr mtr = engine.kernel().begin();
    mtr.allocate(space, PageType.BTREE_LEAF);
    mtr.allocate(space, PageType.OVERFLOW);
    mtr.commit();
    assertThat(engine.check()).isEmpty();
    assertThat(engine.unreachablePages()).containsExactly(Map.entry("/data/t" + space + ".pjt", 2));
  }

  @Test
  void rowWhoseIndexKeyIsTooLongIsRefusedAndLeavesNothing() {
    Transaction transaction = begin(engine);
    assertThatThrownBy(() -> insert(engine, transaction, 950, 1L, "k".repeat(9_000)))
        .isInstanceOf(EngineException.TooLarge.class)
        .hasNoSuppressedExceptions();
    insert(engine, transaction, 951, 1L, "k");
    transaction.commit();
    run(engine, t -> assertThat(n(engine, t, 950)).isNull());
    run(engine, t -> assertThat(n(engine, t, 951)).isEqualTo(1L));
    assertThat(engine.check()).isEmpty();
  }
}
