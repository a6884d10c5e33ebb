package io.polarj.engine.instance;

import static io.polarj.engine.instance.Fixture.SCHEMA;
import static io.polarj.engine.instance.Fixture.TABLE;
import static io.polarj.engine.instance.Fixture.begin;
import static io.polarj.engine.instance.Fixture.open;
import static io.polarj.engine.instance.Fixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.fault.FaultyFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Power goes at a random write or sync (E2, E5): what was acknowledged is there afterwards, nothing
 * is there by half, every index agrees with its table.
 */
class EngineCrashTest {
  private static final EngineConfig CONFIG =
      new EngineConfig(2L << 20, 256 << 10, 4 << 20, 1 << 20, 50, 2);
  private static final long KEYS = 40;

  /** What the table must be: after the last acknowledged commit, or also with the one after it. */
  private record Outcome(TreeMap<Long, Long> acknowledged, TreeMap<Long, Long> attempted) {}

  @Test
  void recoveryFindsExactlyTheCommittedTransactions() throws Exception {
    for (long seed = 1; seed <= Long.getLong("polarj.seeds", 12); seed++) {
      Random random = new Random(seed);
      FaultyFileSystem fileSystem = new FaultyFileSystem();
      PrimaryEngine first = PrimaryEngine.create(fileSystem, CONFIG);
      Fixture.createTable(first);
      first.close();
      Outcome outcome = new Outcome(new TreeMap<>(), new TreeMap<>());
      for (int life = 0; life < 3; life++) {
        outcome = live(fileSystem, random, outcome.acknowledged());
        fileSystem = fileSystem.afterPowerLoss(random);
        outcome = verify(fileSystem, outcome, "seed " + seed + " life " + life);
      }
    }
  }

  private Outcome live(FaultyFileSystem fileSystem, Random random, TreeMap<Long, Long> start) {
    TreeMap<Long, Long> acknowledged = new TreeMap<>(start);
    TreeMap<Long, Long> attempted = new TreeMap<>(start);
    fileSystem.failAt(fileSystem.changes() + 1 + random.nextInt(random.nextBoolean() ? 60 : 600));
    PrimaryEngine engine = null;
    try {
      engine = PrimaryEngine.open(fileSystem, CONFIG);
      Transaction idle = begin(engine);
      for (int i = 0; i < 150; i++) {
        if (i % 10 == 0) {
          // A transaction that never ends, on keys of its own.
          open(engine, idle).insert(idle, row(1000 + i, (long) i, "idle" + i));
        }
        TreeMap<Long, Long> next = new TreeMap<>(acknowledged);
        Transaction transaction = begin(engine);
        work(engine, transaction, random, next);
        if (random.nextInt(5) == 0) {
          transaction.rollback();
          continue;
        }
        attempted = next;
        transaction.commit();
        acknowledged = next;
        if (random.nextInt(40) == 0) {
          engine.kernel().takeCheckpoint();
        }
      }
    } catch (EngineException.StorageFailure e) {
      // The power is gone.
    } finally {
      if (engine != null) {
        engine.abandon();
      }
    }
    return new Outcome(acknowledged, attempted);
  }

  private void work(
      PrimaryEngine engine, Transaction transaction, Random random, TreeMap<Long, Long> state) {
    Table table = open(engine, transaction);
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      if (random.nextInt(4) == 0) {
        Savepoint savepoint = transaction.savepoint();
        change(table, transaction, random, new TreeMap<>(state));
        transaction.rollbackTo(savepoint);
      } else {
        change(table, transaction, random, state);
      }
    }
  }

  private void change(
      Table table, Transaction transaction, Random random, TreeMap<Long, Long> state) {
    long key = random.nextLong(KEYS);
    long value = random.nextLong(1000);
    Row current =
        table.get(transaction, table.def().primary(), new Object[] {key}, ReadMode.FOR_UPDATE);
    assertThat(current == null).isEqualTo(!state.containsKey(key));
    // Long enough for overflow in the undo log and in the tree now and then.
    String unique = key + "/" + "u".repeat(random.nextInt(20) == 0 ? 900 : 3);
    if (current == null) {
      table.insert(transaction, row(key, value, unique));
      state.put(key, value);
    } else if (random.nextBoolean()) {
      table.update(transaction, current, row(key, value, unique));
      state.put(key, value);
    } else {
      table.delete(transaction, current);
      state.remove(key);
    }
  }

  private Outcome verify(FaultyFileSystem fileSystem, Outcome outcome, String where) {
    PrimaryEngine engine = PrimaryEngine.open(fileSystem, CONFIG);
    try {
      // Open for queries at once, while losers are rolled back.
      TreeMap<Long, Long> atOnce = contents(engine, 0);
      engine.awaitRollbackOfLosers();
      TreeMap<Long, Long> found = contents(engine, 0);
      assertThat(atOnce).as(where).isEqualTo(found);
      assertThat(List.of(outcome.acknowledged(), outcome.attempted())).as(where).contains(found);
      assertThat(contents(engine, 1)).as(where).isEqualTo(found);
      assertThat(engine.check()).as(where).isEmpty();
      engine.purgeNow();
      assertThat(engine.check()).as(where + " purged").isEmpty();
      assertThat(engine.transactions().segments().historyLength()).as(where).isZero();
      return new Outcome(found, found);
    } finally {
      engine.close();
    }
  }

  private static TreeMap<Long, Long> contents(PrimaryEngine engine, int index) {
    Transaction transaction = begin(engine);
    Table table = engine.openTable(transaction, SCHEMA, TABLE);
    TreeMap<Long, Long> contents = new TreeMap<>();
    try (RowCursor cursor =
        table.scan(
            transaction,
            table.def().indexes().get(index),
            KeyRange.ALL,
            false,
            false,
            ReadMode.SNAPSHOT)) {
      for (Row row = cursor.next(); row != null; row = cursor.next()) {
        contents.put(row.getLong(0), row.getLong(1));
      }
    }
    transaction.commit();
    return contents;
  }

  @Test
  void definitionsAreThereWholeOrNotAtAll() throws Exception {
    for (long seed = 1; seed <= Long.getLong("polarj.seeds", 8); seed++) {
      Random random = new Random(seed);
      FaultyFileSystem fileSystem = new FaultyFileSystem();
      PrimaryEngine.create(fileSystem, CONFIG).close();
      fileSystem.failAt(fileSystem.changes() + 1 + random.nextInt(120));
      List<String> done = new ArrayList<>();
      PrimaryEngine engine = PrimaryEngine.open(fileSystem, CONFIG);
      try {
        engine.createSchema(SCHEMA);
        for (int i = 0; i < 6; i++) {
          engine.createTable(Fixture.table("t" + i));
          done.add("t" + i);
          if (i % 2 == 1) {
            engine.dropTable(SCHEMA, "t" + (i - 1), 1);
            done.remove("t" + (i - 1));
            engine.truncateTable(SCHEMA, "t" + i, 1);
          }
        }
      } catch (EngineException.StorageFailure e) {
        // The power is gone.
      } finally {
        engine.abandon();
      }
      fileSystem = fileSystem.afterPowerLoss(random);
      PrimaryEngine after = PrimaryEngine.open(fileSystem, CONFIG);
      List<String> found = after.catalog().tables(SCHEMA).stream().map(t -> t.name()).toList();
      if (found.size() == done.size()) {
        assertThat(found).as("seed %d", seed).isEqualTo(done);
      } else {
        // The last statement may have got there without an answer: one table more or less.
        assertThat(Math.abs(found.size() - done.size())).as("seed %d", seed).isEqualTo(1);
      }
      assertThat(after.check()).as("seed %d", seed).isEmpty();
      after.close();
    }
  }

  @Test
  void schemaIsDroppedWithAllItsTablesOrNotAtAll() throws Exception {
    int dropped = 0;
    for (long seed = 1; seed <= 16; seed++) {
      Random random = new Random(seed * 1_000_003);
      FaultyFileSystem fileSystem = new FaultyFileSystem();
      PrimaryEngine first = PrimaryEngine.create(fileSystem, CONFIG);
      Fixture.createTable(first);
      first.createTable(Fixture.table("second"));
      first.createTable(Fixture.table("third"));
      first.close();
      PrimaryEngine engine = PrimaryEngine.open(fileSystem, CONFIG);
      fileSystem.failAt(fileSystem.changes() + 1 + seed / 2);
      try {
        engine.dropSchema(SCHEMA);
      } catch (EngineException.StorageFailure e) {
        // The power is gone.
      } finally {
        engine.abandon();
      }
      PrimaryEngine after = PrimaryEngine.open(fileSystem.afterPowerLoss(random), CONFIG);
      if (after.catalog().schemaExists(SCHEMA)) {
        assertThat(after.catalog().tables(SCHEMA)).as("seed %d", seed).hasSize(3);
      } else {
        dropped++;
        after.createSchema(SCHEMA);
        assertThat(after.catalog().tables(SCHEMA)).as("seed %d", seed).isEmpty();
        after.createTable(Fixture.table(TABLE));
      }
      assertThat(after.check()).as("seed %d", seed).isEmpty();
      after.close();
    }
    assertThat(dropped).isBetween(1, 15);
  }

  @Test
  void dropOfASchemaThatACrashInterruptedIsEndedAtTheNextStart() throws Exception {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    PrimaryEngine first = PrimaryEngine.create(fileSystem, CONFIG);
    Fixture.createTable(first);
    first.createTable(Fixture.table("second"));
    // The row that decides, and nothing of what follows it.
    long lsn = first.dictionary().tree().put(("X" + SCHEMA).getBytes(), new byte[0]);
    first.kernel().waitDurable(lsn);
    first.abandon();
    PrimaryEngine again = PrimaryEngine.open(fileSystem.afterPowerLoss(new Random(1)), CONFIG);
    assertThat(again.catalog().schemaExists(SCHEMA)).isFalse();
    Fixture.createTable(again);
    assertThat(again.catalog().tables(SCHEMA)).hasSize(1);
    assertThat(again.check()).isEmpty();
    again.close();
  }
}
