package io.polarj.engine;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.engine.instance.ReplicaEngine;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A command: {@code CrashCampaign --seeds a..b [--minutes m]}. Each seed is an engine that loses
 * its power three times under writers on many threads, definitions and (odd seeds) a replica with
 * readers; after each loss everything is compared with what was acknowledged and checked. The
 * threads are real, so a seed draws the same work but not the same interleaving. Ends with status 1
 * at the first finding.
 */
public final class CrashCampaign {
  private static final EngineConfig CONFIG =
      new EngineConfig(2L << 20, 256 << 10, 4 << 20, 1 << 20, 50, 2);
  private static final int WORKERS = 3;
  private static final int LIVES = 3;
  private static final long KEYS = 60;
  private static final String SCHEMA = "c";

  /** What a worker's keys must be: after its last acknowledged commit, or with the one after it. */
  private static final class Outcome<T> {
    TreeMap<T, Long> acknowledged = new TreeMap<>();
    TreeMap<T, Long> attempted = new TreeMap<>();
  }

  private final long seed;
  private final List<Outcome<Long>> rows = new ArrayList<>();
  private final Outcome<String> tables = new Outcome<>();
  private final AtomicLong commits;
  private final AtomicLong scans;

  private CrashCampaign(long seed, AtomicLong commits, AtomicLong scans) {
    this.seed = seed;
    this.commits = commits;
    this.scans = scans;
    for (int i = 0; i < WORKERS; i++) {
      rows.add(new Outcome<>());
    }
  }

  public static void main(String[] arguments) throws Exception {
    long from = 1;
    long to = Long.MAX_VALUE;
    long minutes = 5;
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      if (arguments[i].equals("--seeds")) {
        String[] range = arguments[i + 1].split("\\.\\.", 2);
        from = Long.parseLong(range[0]);
        to = Long.parseLong(range[range.length - 1]);
        minutes = Long.MAX_VALUE / 60_000_000_000L;
      } else if (arguments[i].equals("--minutes")) {
        minutes = Long.parseLong(arguments[i + 1]);
      } else {
        throw new IllegalArgumentException("usage: CrashCampaign --seeds a..b [--minutes m]");
      }
    }
    AtomicLong commits = new AtomicLong();
    AtomicLong scans = new AtomicLong();
    long begin = System.nanoTime();
    long seed = from;
    for (; seed <= to && System.nanoTime() - begin < minutes * 60_000_000_000L; seed++) {
      try {
        new CrashCampaign(seed, commits, scans).run();
      } catch (Throwable e) {
        System.out.println("seed " + seed + " FAILED");
        e.printStackTrace(System.out);
        System.exit(1);
      }
    }
    System.out.printf(
        "seeds %d..%d, %d crashes, %d commits, %d replica reads, %d s: nothing found%n",
        from,
        seed - 1,
        (seed - from) * LIVES,
        commits.get(),
        scans.get(),
        (System.nanoTime() - begin) / 1_000_000_000L);
  }

  private void run() throws Exception {
    Random random = new Random(seed * 1_000_003);
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    PrimaryEngine first = PrimaryEngine.create(fileSystem, CONFIG);
    first.createSchema(SCHEMA);
    first.createTable(definition("t"));
    first.close();
    for (int life = 0; life < LIVES; life++) {
      live(fileSystem, random);
      fileSystem = fileSystem.afterPowerLoss(random);
      verify(fileSystem, "life " + life);
    }
  }

  private static TableDef definition(String name) {
    ColumnType bytes =
        new ColumnType(TypeKind.VARBINARY, false, 60_000, 0, Collation.BINARY, List.of());
    return new TableDef(
        0,
        0,
        SCHEMA,
        name,
        List.of(
            ColumnDef.of("id", ColumnType.of(TypeKind.BIGINT), false),
            ColumnDef.of("n", ColumnType.of(TypeKind.BIGINT), true),
            ColumnDef.of("u", bytes, true),
            ColumnDef.of("long", bytes, true)),
        List.of(
            new IndexDef(0, "PRIMARY", true, true, List.of(new IndexColumn(0, 0))),
            new IndexDef(0, "by_n", false, false, List.of(new IndexColumn(1, 0))),
            new IndexDef(0, "by_u", false, true, List.of(new IndexColumn(2, 0)))),
        Map.of("ENGINE", "InnoDB"));
  }

  private static Object[] row(long id, long n) {
    byte[] unique = Arrays.copyOf((id + "/").getBytes(), 8 + (int) (n % 700));
    byte[] filler = new byte[n % 17 == 0 ? (int) (n % 50_000) : (int) (n % 300)];
    Arrays.fill(filler, (byte) n);
    return new Object[] {id, n, unique, filler};
  }

  private void live(FaultyFileSystem fileSystem, Random random) throws Exception {
    fileSystem.failAt(fileSystem.changes() + 1 + random.nextInt(random.nextBoolean() ? 150 : 900));
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    PrimaryEngine engine;
    try {
      engine = PrimaryEngine.open(fileSystem, CONFIG);
    } catch (EngineException.StorageFailure e) {
      return; // The power went during recovery.
    }
    List<Thread> threads = new ArrayList<>();
    List<Thread> watchers = new ArrayList<>();
    ReplicaEngine replica = null;
    if (seed % 2 == 1) {
      engine.redoRetention(() -> 0);
      engine.flushBound(() -> 0);
      ReplicaEngine joined = ReplicaEngine.open(fileSystem.readOnlyMount(), CONFIG);
      replica = joined;
      PrimaryEngine primary = engine;
      engine.flushBound(joined::appliedLsn);
      watchers.add(start(failures, over, () -> follow(primary, joined, over)));
      watchers.add(start(failures, over, () -> read(joined, over)));
    }
    for (int i = 0; i < WORKERS; i++) {
      int worker = i;
      long drawn = random.nextLong();
      threads.add(start(failures, over, () -> write(engine, worker, new Random(drawn), over)));
    }
    long drawn = random.nextLong();
    threads.add(start(failures, over, () -> define(engine, new Random(drawn), over)));
    for (Thread thread : threads) {
      thread.join();
    }
    over.set(true);
    for (Thread thread : watchers) {
      thread.join();
    }
    engine.abandon();
    if (replica != null) {
      replica.close();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a thread failed", failures.peek());
    }
  }

  private static Thread start(Queue<Throwable> failures, AtomicBoolean over, Runnable work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (EngineException.StorageFailure e) {
            // The power is gone.
          } catch (Throwable e) {
            failures.add(e);
            over.set(true);
          }
        });
  }

  private static Transaction begin(PrimaryEngine engine) {
    return engine.begin(IsolationLevel.REPEATABLE_READ, false);
  }

  private void write(PrimaryEngine engine, int worker, Random random, AtomicBoolean over) {
    Outcome<Long> outcome = rows.get(worker);
    for (int i = 0; i < 200 && !over.get(); i++) {
      TreeMap<Long, Long> next = new TreeMap<>(outcome.acknowledged);
      Transaction transaction = begin(engine);
      Table table = engine.openTable(transaction, SCHEMA, "t");
      for (int j = random.nextInt(5); j >= 0; j--) {
        if (random.nextInt(5) == 0) {
          Savepoint savepoint = transaction.savepoint();
          change(table, transaction, worker, random, new TreeMap<>(next));
          transaction.rollbackTo(savepoint);
        } else {
          change(table, transaction, worker, random, next);
        }
      }
      if (random.nextInt(6) == 0) {
        transaction.rollback();
        continue;
      }
      outcome.attempted = next;
      transaction.commit();
      outcome.acknowledged = next;
      commits.incrementAndGet();
    }
    if (!over.get()) {
      // Left open: a loser.
      Transaction open = begin(engine);
      Table table = engine.openTable(open, SCHEMA, "t");
      change(table, open, worker, random, new TreeMap<>(outcome.acknowledged));
    }
  }

  private void change(
      Table table, Transaction transaction, int worker, Random random, TreeMap<Long, Long> state) {
    long key = random.nextLong(KEYS) * WORKERS + worker;
    long value = random.nextLong(1_000_000);
    Row current =
        table.get(transaction, table.def().primary(), new Object[] {key}, ReadMode.FOR_UPDATE);
    require((current == null) == !state.containsKey(key), "worker %d key %d", worker, key);
    if (current == null) {
      table.insert(transaction, row(key, value));
      state.put(key, value);
    } else if (random.nextInt(3) > 0) {
      table.update(transaction, current, row(key, value));
      state.put(key, value);
    } else {
      table.delete(transaction, current);
      state.remove(key);
    }
  }

  /** Definitions of small tables; the value is 10 times the rows plus the number of indexes. */
  private void define(PrimaryEngine engine, Random random, AtomicBoolean over) {
    for (int i = 0; i < 40 && !over.get(); i++) {
      String name = "d" + random.nextInt(3);
      Long now = tables.acknowledged.get(name);
      TreeMap<String, Long> next = new TreeMap<>(tables.acknowledged);
      int what = random.nextInt(5);
      if (now == null) {
        next.put(name, 3L);
        statement(next, () -> engine.createTable(definition(name)));
      } else if (what == 0) {
        next.remove(name);
        statement(next, () -> engine.dropTable(SCHEMA, name, 2));
      } else if (what == 1) {
        next.put(name, now % 10);
        statement(next, () -> engine.truncateTable(SCHEMA, name, 2));
      } else if (what == 2) {
        boolean drop = now % 10 == 4;
        next.put(name, drop ? now - 1 : now + 1);
        IndexDef index =
            new IndexDef(
                0, "more", false, false, List.of(new IndexColumn(1, 0), new IndexColumn(0, 0)));
        statement(
            next,
            () -> {
              if (drop) {
                engine.dropIndex(SCHEMA, name, "more", 2);
              } else {
                engine.createIndex(SCHEMA, name, index, 2);
              }
            });
      } else {
        next.put(name, now + 30);
        statement(
            next,
            () -> {
              Transaction transaction = begin(engine);
              Table table = engine.openTable(transaction, SCHEMA, name);
              for (int j = 0; j < 3; j++) {
                table.insert(transaction, row(now / 10 + j, random.nextLong(1_000_000)));
              }
              transaction.commit();
            });
      }
    }
  }

  private void statement(TreeMap<String, Long> next, Runnable statement) {
    tables.attempted = next;
    statement.run();
    tables.acknowledged = next;
  }

  private static void follow(PrimaryEngine primary, ReplicaEngine replica, AtomicBoolean over) {
    boolean serving = false;
    while (!over.get()) {
      long durable = primary.kernel().durableLsn();
      replica.applyTo(durable);
      replica.releaseTo(primary.kernel().checkpointLsn());
      if (!serving) {
        try {
          replica.serve();
          serving = true;
        } catch (IllegalStateException e) {
          // No state record was met yet.
          Thread.onSpinWait();
        }
      }
    }
  }

  /** In one snapshot every index says the same as the rows. */
  private void read(ReplicaEngine replica, AtomicBoolean over) {
    while (!over.get()) {
      if (!replica.ready()) {
        Thread.yield();
        continue;
      }
      Transaction transaction = replica.begin(IsolationLevel.REPEATABLE_READ, true);
      try {
        Table table = replica.openTable(transaction, SCHEMA, "t");
        TreeMap<Long, Long> found = contents(table, transaction, 0);
        for (int index = 1; index < 3; index++) {
          require(
              contents(table, transaction, index).equals(found), "index %d of a replica", index);
        }
        scans.incrementAndGet();
      } catch (EngineException.SnapshotTooOld | EngineException.TableChanged e) {
        // The primary does not wait for this reader.
        Thread.onSpinWait();
      } finally {
        transaction.rollback();
      }
    }
  }

  private static TreeMap<Long, Long> contents(Table table, Transaction transaction, int index) {
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
        long id = row.getLong(0);
        long n = row.getLong(1);
        require(contents.put(id, n) == null, "row %d twice", id);
        Object[] expected = row(id, n);
        for (int column = 2; column < 4; column++) {
          require(
              Arrays.equals((byte[]) row.get(column), (byte[]) expected[column]),
              "column %d of row %d",
              column,
              id);
        }
      }
    }
    return contents;
  }

  private void verify(FaultyFileSystem fileSystem, String where) {
    PrimaryEngine engine = PrimaryEngine.open(fileSystem, CONFIG);
    try {
      Transaction transaction = begin(engine);
      Table table = engine.openTable(transaction, SCHEMA, "t");
      TreeMap<Long, Long> found = contents(table, transaction, 0);
      for (int index = 1; index < 3; index++) {
        require(contents(table, transaction, index).equals(found), "%s: index %d", where, index);
      }
      transaction.rollback();
      for (int i = 0; i < WORKERS; i++) {
        int worker = i;
        TreeMap<Long, Long> own = new TreeMap<>(found);
        own.keySet().removeIf(key -> key % WORKERS != worker);
        settle(rows.get(i), own, where + " worker " + worker);
      }
      engine.awaitRollbackOfLosers();
      TreeMap<String, Long> defined = new TreeMap<>();
      for (TableDef def : engine.catalog().tables(SCHEMA)) {
        if (!def.name().equals("t")) {
          Transaction reading = begin(engine);
          int count = contents(engine.openTable(reading, SCHEMA, def.name()), reading, 1).size();
          reading.rollback();
          defined.put(def.name(), count * 10L + def.indexes().size());
        }
      }
      settle(tables, defined, where + " definitions");
      requireSound(engine, where);
      engine.purgeNow();
      requireSound(engine, where + " purged");
    } finally {
      engine.close();
    }
  }

  private static void requireSound(PrimaryEngine engine, String where) {
    List<String> findings = engine.check();
    require(findings.isEmpty(), "%s: %s", where, findings);
  }

  private static <T> void settle(Outcome<T> outcome, TreeMap<T, Long> found, String where) {
    require(
        found.equals(outcome.acknowledged) || found.equals(outcome.attempted),
        "%s%nfound        %s%nacknowledged %s%nattempted    %s",
        where,
        found,
        outcome.acknowledged,
        outcome.attempted);
    outcome.acknowledged = found;
    outcome.attempted = found;
  }

  private static void require(boolean holds, String what, Object... values) {
    if (!holds) {
      throw new AssertionError(what.formatted(values));
    }
  }
}
