package io.polarj.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.replication.Cluster.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers of replicas see while the primary is busy (R1, R4), over real files and threads. */
class ReplicaReadsTest {
  private static final ReplicationSettings SETTINGS = ReplicationSettings.defaults();
  private static final int ACCOUNTS = 60;
  private static final long BALANCE = 1000;

  @TempDir Path directory;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong looks = new AtomicLong();

  private interface Work {
    void run() throws Exception;
  }

  private Thread start(Work work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (Throwable e) {
            failures.add(e);
          }
        });
  }

  @Test
  void sumOfAllBalancesIsTheSameInEverySnapshotOfEveryReplica() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      Accounts.create(cluster.primary(), ACCOUNTS, BALANCE);
      List<Replica> replicas = List.of(cluster.replica(), cluster.replica());
      List<Thread> threads = new ArrayList<>();
      for (Replica replica : replicas) {
        threads.add(
            start(() -> {
              while (!over.get() && failures.isEmpty()) {
                checkSum(replica, 0);
                checkSum(replica, 1);
              }
            }));
      }
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        Random random = new Random(writer);
        writers.add(start(() -> transfer(cluster.primary(), random)));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(looks.get()).isPositive();
      for (Replica replica : replicas) {
        cluster.catchUp(replica);
        checkSum(replica, 1);
      }
    }
  }

  private void transfer(PrimaryEngine primary, Random random) {
    for (int i = 0; i < 250 && failures.isEmpty(); i++) {
      int from = 1 + random.nextInt(ACCOUNTS);
      int to = 1 + random.nextInt(ACCOUNTS);
      long amount = 1 + random.nextInt(50);
      if (from == to) {
        continue;
      }
      Accounts.runAgain(
          primary,
          t -> {
            Accounts.add(primary, t, Math.min(from, to), from < to ? -amount : amount);
            Accounts.add(primary, t, Math.max(from, to), from < to ? amount : -amount);
          });
    }
  }

  private void checkSum(Replica replica, int index) {
    Transaction transaction = Cluster.begin(replica.engine());
    try {
      assertThat(Accounts.sum(replica.engine(), transaction, index))
          .containsExactly(ACCOUNTS * BALANCE, ACCOUNTS);
      looks.incrementAndGet();
    } finally {
      transaction.rollback();
    }
  }

  @Test
  void scansSeeAPrefixOfTheCommitsWhileTreesSplitAndPagesAreFlushed() throws Exception {
    try (Cluster cluster = new Cluster(directory, SETTINGS)) {
      PrimaryEngine primary = cluster.primary();
      Accounts.create(primary, 1, 0);
      Replica replica = cluster.replica();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            start(() -> {
              long seen = 0;
              while (!over.get() && failures.isEmpty()) {
                seen = readPrefix(replica, seen);
              }
            }));
      }
      Random random = new Random(3);
      // Commit k adds a row with n = k somewhere and sets row 1 to k: a prefix has both or neither.
      for (int k = 1; k <= 700 && failures.isEmpty(); k++) {
        long n = k;
        long row = 1000 + (k * 7919L) % 100_003; // in no order: pages split in their middle
        Accounts.run(
            primary,
            t -> {
              Accounts.insert(primary, t, row, n, "x".repeat(random.nextInt(3500)));
              Accounts.add(primary, t, 1, 1);
            });
        if (k % 150 == 0) {
          primary.kernel().flushAndCheckpoint();
        }
      }
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      cluster.catchUp(replica);
      assertThat(readPrefix(replica, 700)).isEqualTo(700);
    }
  }

  private long readPrefix(Replica replica, long atLeast) {
    Transaction t = Cluster.begin(replica.engine());
    try {
      Table table = Accounts.open(replica.engine(), t);
      long total = Accounts.n(replica.engine(), t, 1);
      KeyRange added = new KeyRange(new Object[] {1000L}, true, null, true);
      long count = 0;
      long sum = 0;
      try (RowCursor rows =
          table.scan(t, table.def().primary(), added, false, false, ReadMode.SNAPSHOT)) {
        for (Row row = rows.next(); row != null; row = rows.next()) {
          count++;
          sum += row.getLong(1);
        }
      }
      assertThat(count).isEqualTo(total).isGreaterThanOrEqualTo(atLeast);
      assertThat(sum).isEqualTo(total * (total + 1) / 2);
      return total;
    } finally {
      t.rollback();
    }
  }
}
