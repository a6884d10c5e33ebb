package io.polarj.engine.instance;

import static io.polarj.engine.instance.Fixture.begin;
import static io.polarj.engine.instance.Fixture.insert;
import static io.polarj.engine.instance.Fixture.locked;
import static io.polarj.engine.instance.Fixture.open;
import static io.polarj.engine.instance.Fixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.fault.FaultyFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Money moves between accounts on many threads; no reader ever sees another sum. */
class EngineStressTest {
  private static final int ACCOUNTS = 24;
  private static final long EACH = 100;

  @Test
  void sumOfTheAccountsNeverChanges() throws Exception {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    PrimaryEngine engine = PrimaryEngine.create(fileSystem, EngineConfig.small());
    Fixture.createTable(engine);
    run(
        engine,
        t -> {
          for (long id = 0; id < ACCOUNTS; id++) {
            insert(engine, t, id, EACH, "a" + id);
          }
        });
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> movers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long seed = i;
      movers.add(Thread.ofPlatform().start(() -> move(engine, new Random(seed), failures)));
    }
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int index = i;
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get() && failures.isEmpty()) {
                  read(engine, index, failures);
                }
              }));
    }
    for (Thread mover : movers) {
      mover.join();
    }
    over.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failures).isEmpty();
    engine.purgeNow();
    assertThat(engine.check()).isEmpty();
    assertThat(engine.transactions().rowLocks().size()).isZero();
    assertThat(engine.transactions().segments().historyLength()).isZero();
    engine.abandon();
    PrimaryEngine again =
        PrimaryEngine.open(fileSystem.afterPowerLoss(new Random(1)), EngineConfig.small());
    read(again, 0, failures);
    assertThat(failures).isEmpty();
    assertThat(again.check()).isEmpty();
    again.close();
  }

  private static void move(PrimaryEngine engine, Random random, Queue<Throwable> failures) {
    try {
      for (int i = 0; i < 250; i++) {
        Transaction transaction = begin(engine);
        try {
          step(engine, transaction, random);
        } catch (EngineException.Deadlock e) {
          assertThat(transaction.rolledBack()).isTrue();
        }
      }
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  private static void step(PrimaryEngine engine, Transaction transaction, Random random) {
    long from = random.nextInt(ACCOUNTS);
    long to = random.nextInt(ACCOUNTS);
    long amount = random.nextInt(20);
    Table table = open(engine, transaction);
    add(engine, table, transaction, from, -amount, random);
    add(engine, table, transaction, to, amount, random);
    if (random.nextInt(6) == 0) {
      transaction.rollback();
    } else {
      transaction.commit();
    }
  }

  private static void add(
      PrimaryEngine engine,
      Table table,
      Transaction transaction,
      long id,
      long amount,
      Random random) {
    Row row = locked(engine, transaction, id);
    Object[] changed = row.toArray();
    changed[1] = row.getLong(1) + amount;
    if (random.nextInt(4) == 0) {
      table.delete(transaction, row);
      table.insert(transaction, changed);
    } else {
      table.update(transaction, row, changed);
    }
  }

  private static void read(PrimaryEngine engine, int index, Queue<Throwable> failures) {
    try {
      Transaction transaction = begin(engine);
      Table table = open(engine, transaction);
      long sum = 0;
      int rows = 0;
      try (RowCursor cursor =
          table.scan(
              transaction,
              table.def().indexes().get(index),
              KeyRange.ALL,
              false,
              false,
              ReadMode.SNAPSHOT)) {
        for (Row row = cursor.next(); row != null; row = cursor.next()) {
          sum += row.getLong(1);
          rows++;
        }
      }
      transaction.commit();
      assertThat(rows).isEqualTo(ACCOUNTS);
      assertThat(sum).isEqualTo(ACCOUNTS * EACH);
    } catch (Throwable e) {
      failures.add(e);
    }
  }
}
