package io.polarj.engine.btree;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.kernel.KernelSettings;
import io.polarj.engine.kernel.ReplicaKernel;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.LogicalListener;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * R4 through the tree itself: readers of a replica go down and scan a leaf at a time, with a pool
 * much smaller than the tree, while splits and merges are applied. Keys that nobody touches must be
 * in every scan; a reader that meets half a structure change loses the keys that moved.
 */
class ReplicaTreeTest {
  private static final int SPACE = 10;
  private static final long INDEX = 5;
  private static final int KEYS = 600;
  private static final KernelSettings PRIMARY =
      new KernelSettings(8L << 20, 1 << 20, 4 << 20, 8 << 20, 50);
  private static final KernelSettings REPLICA = PRIMARY.withBufferPoolBytes(28L * 16384);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();

  /** Untouched keys end with 0; wide, so that there are many leaves and splits. */
  private static byte[] key(int number, int kind) {
    byte[] key = new byte[300];
    ByteBuffer.wrap(key).putInt(number).put((byte) kind);
    return key;
  }

  private Thread start(Runnable work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (Throwable e) {
            failures.add(e);
            over.set(true);
          }
        });
  }

  @Test
  void readersOfAReplicaNeverMissARecordThatASplitOrAMergeMoves() throws Exception {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    Kernel.format(fileSystem, PRIMARY, 1, 2);
    AtomicLong bound = new AtomicLong(Long.MAX_VALUE);
    Kernel primary =
        Kernel.open(
            fileSystem,
            PRIMARY,
            new Kernel.Environment(
                CheckpointParticipant.NONE, LogicalListener.NONE, bound::get, () -> 0));
    primary.start();
    primary.createSpace(SPACE);
    Mtr mtr = primary.begin();
    int root = BTree.create(mtr, SPACE, INDEX);
    mtr.commit();
    BTree tree = new BTree(primary, primary.treeLatches(), SPACE, root, INDEX);
    for (int i = 0; i < KEYS; i++) {
      tree.insert(key(i, 0), new byte[200]);
    }
    primary.flushAndCheckpoint();
    ReplicaKernel replica =
        ReplicaKernel.open(fileSystem.readOnlyMount(), REPLICA, LogicalListener.NONE);
    bound.set(replica.applyTo(primary.durableLsn()));
    BTree copy = new BTree(replica, replica.treeLatches(), SPACE, root, INDEX);

    AtomicLong scans = new AtomicLong();
    List<Thread> readers = new ArrayList<>();
    for (int reader = 0; reader < 3; reader++) {
      boolean reverse = reader == 1;
      readers.add(
          start(() -> {
            while (!over.get()) {
              scan(copy, reverse);
              scans.incrementAndGet();
            }
          }));
    }
    Thread applier =
        start(() -> {
          while (!over.get()) {
            bound.set(replica.applyTo(primary.durableLsn()));
          }
        });
    long seed = 7;
    Random random = new Random(seed);
    for (int round = 0; !over.get() && (round < 30 || scans.get() < 30); round++) {
      change(primary, tree, random, round);
    }
    over.set(true);
    applier.join();
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(failures).as("seed %d", seed).isEmpty();
    primary.waitDurable(primary.newestLsn());
    replica.applyTo(primary.durableLsn());
    assertThat(copy.check().findings()).isEmpty();
    assertThat(copy.check().records()).isEqualTo(tree.check().records());
    replica.close();
    bound.set(Long.MAX_VALUE);
    primary.close();
  }

  /** Fills a stretch of the tree, or empties it again. */
  private static void change(Kernel primary, BTree tree, Random random, int round) {
    int from = random.nextInt(KEYS - 60);
    for (int i = from; i < from + 60; i++) {
      long lsn = 0;
      for (int kind = 1; kind < 4; kind++) {
        byte[] value = round % 2 == 0 ? new byte[random.nextInt(400)] : null;
        lsn = Math.max(lsn, tree.modify(key(i, kind), current -> value));
      }
      if (lsn != 0) {
        primary.waitDurable(lsn);
      }
    }
  }

  private static void scan(BTree tree, boolean reverse) {
    TreeCursor cursor = reverse ? tree.descending(null, null) : tree.ascending(null, null);
    int expected = reverse ? KEYS - 1 : 0;
    while (cursor.next()) {
      byte[] key = cursor.key();
      if (key[4] == 0) {
        assertThat(ByteBuffer.wrap(key).getInt()).isEqualTo(expected);
        expected += reverse ? -1 : 1;
        assertThat(tree.get(key)).hasSize(200);
      }
    }
    assertThat(expected).isEqualTo(reverse ? -1 : KEYS);
  }
}
