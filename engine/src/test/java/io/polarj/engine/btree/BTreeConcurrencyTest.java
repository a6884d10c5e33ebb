package io.polarj.engine.btree;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.kernel.KernelSettings;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.pfs.local.LocalFileSystem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BTreeConcurrencyTest {
  private static final int THREADS = 4;
  private static final int KEYS = 3_000;

  @TempDir Path directory;

  private static BTree create(MtrSource mtrs, TreeLatches latches) {
    Mtr mtr = mtrs.begin();
    int root = BTree.create(mtr, 1, 1);
    mtr.commit();
    return new BTree(mtrs, latches, 1, root, 1);
  }

  /** Wide keys, so that there are many splits and merges; the first byte is the owner. */
  private static byte[] key(int owner, int number) {
    byte[] key = new byte[200 + number % 300];
    ByteBuffer.wrap(key).putInt(number * 2_654_435).put((byte) owner);
    return key;
  }

  private static void runAll(List<Callable<Void>> tasks) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(tasks.size())) {
      List<Future<Void>> futures = new ArrayList<>();
      for (Callable<Void> task : tasks) {
        futures.add(executor.submit(task));
      }
      for (Future<Void> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void writersOfTheirOwnKeysAndScannersSeeASoundTree() throws Exception {
    MemoryPages pages = new MemoryPages(false);
    TreeCheck.Report report = stress(create(pages, new TreeLatches()), 12_000, 25);
    assertThat(pages.pagesInUse()).isEqualTo(report.pages().size() + report.overflowPages().size());
  }

  @Test
  void theSameHoldsOnTheKernelWithASmallPool() throws Exception {
    KernelSettings settings = KernelSettings.small();
    try (LocalFileSystem fileSystem = new LocalFileSystem(directory, false)) {
      Kernel.format(fileSystem, settings, 1, 2);
      try (Kernel kernel = Kernel.open(fileSystem, settings, Kernel.Environment.ALONE)) {
        kernel.start();
        kernel.createSpace(1);
        stress(create(kernel, kernel.treeLatches()), 5_000, 6);
      }
    }
  }

  private static TreeCheck.Report stress(BTree tree, int steps, int scans) throws Exception {
    boolean[][] present = new boolean[THREADS][KEYS];
    for (int i = 0; i < KEYS; i += 10) {
      tree.insert(key(100, i), new byte[50]);
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int owner = t;
      tasks.add(() -> write(tree, owner, steps, present[owner]));
    }
    tasks.add(() -> scan(tree, scans, false));
    tasks.add(() -> scan(tree, scans, true));
    runAll(tasks);
    TreeCheck.Report report = tree.check();
    assertThat(report.findings()).isEmpty();
    long expected = KEYS / 10;
    for (int owner = 0; owner < THREADS; owner++) {
      for (int i = 0; i < KEYS; i++) {
        expected += present[owner][i] ? 1 : 0;
        assertThat(tree.get(key(owner, i)) != null).isEqualTo(present[owner][i]);
      }
    }
    assertThat(report.records()).isEqualTo(expected);
    return report;
  }

  private static Void write(BTree tree, int owner, int steps, boolean[] present) {
    Random random = new Random(owner);
    for (int step = 0; step < steps; step++) {
      int number = random.nextInt(KEYS);
      boolean insert = random.nextInt(10) < (step / (steps / 4) % 2 == 0 ? 7 : 3);
      if (insert) {
        byte[] value = new byte[random.nextInt(200) == 0 ? 20_000 : random.nextInt(300)];
        assertThat(tree.insert(key(owner, number), value)).isEqualTo(!present[number]);
        present[number] = true;
      } else {
        assertThat(tree.remove(key(owner, number))).isEqualTo(present[number]);
        present[number] = false;
      }
    }
    return null;
  }

  /** Keys that nobody touches are seen in every scan, each once and in order. */
  private static Void scan(BTree tree, int scans, boolean reverse) {
    for (int round = 0; round < scans; round++) {
      TreeCursor cursor = reverse ? tree.descending(null, null) : tree.ascending(null, null);
      byte[] previous = null;
      int untouched = 0;
      while (cursor.next()) {
        byte[] key = cursor.key();
        if (previous != null) {
          int order = Arrays.compareUnsigned(previous, key);
          assertThat(reverse ? -order : order).isNegative();
        }
        previous = key;
        untouched += key[4] == 100 ? 1 : 0;
      }
      assertThat(untouched).isEqualTo(KEYS / 10);
    }
    return null;
  }

  /** A root that is now a leaf, now not: whoever latches it must know which. */
  @Test
  void rootThatGrowsAndShrinksUnderWritersStaysOne() throws Exception {
    BTree tree = create(new MemoryPages(false), new TreeLatches());
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int owner = t;
      tasks.add(() -> {
        for (int round = 0; round < 150; round++) {
          for (int i = 0; i < 8; i++) {
            assertThat(tree.insert(key(owner, i), new byte[900])).isTrue();
          }
          for (int i = 0; i < 8; i++) {
            assertThat(tree.remove(key(owner, i))).isTrue();
          }
        }
        return null;
      });
    }
    runAll(tasks);
    TreeCheck.Report report = tree.check();
    assertThat(report.findings()).isEmpty();
    assertThat(report.records()).isZero();
  }

  /** Without it a writer could take a root for a leaf that has just become an inner page. */
  @Test
  void everyStepDownATreeIsTakenUnderItsLatch() {
    MemoryPages pages = new MemoryPages(false);
    TreeLatches latches = new TreeLatches();
    BTree tree = create(pages, latches);
    AtomicInteger unguarded = new AtomicInteger();
    AtomicInteger steps = new AtomicInteger();
    pages.onFix(() -> {
      steps.incrementAndGet();
      if (!latches.of(1).isReadLocked() && !latches.of(1).isWriteLocked()) {
        unguarded.incrementAndGet();
      }
    });
    for (int i = 0; i < 400; i++) {
      tree.insert(key(0, i), new byte[300]);
    }
    assertThat(tree.get(key(0, 7))).hasSize(300);
    assertThat(tree.ceilingKey(new byte[1])).isNotNull();
    assertThat(tree.estimate(key(0, 5), key(0, 300))).isPositive();
    scan(tree, false);
    scan(tree, true);
    for (int i = 0; i < 400; i++) {
      tree.remove(key(0, i));
    }
    assertThat(steps.get()).isGreaterThan(1_000);
    assertThat(unguarded).hasValue(0);
  }

  private static void scan(BTree tree, boolean reverse) {
    TreeCursor cursor = reverse ? tree.descending(null, null) : tree.ascending(null, null);
    int records = 0;
    while (cursor.next()) {
      records++;
    }
    assertThat(records).isEqualTo(400);
  }

  @Test
  void conditionalChangesOfOneKeyAreSerial() throws Exception {
    BTree tree = create(new MemoryPages(false), new TreeLatches());
    byte[] key = key(0, 1);
    tree.insert(key, ByteBuffer.allocate(8).array());
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      tasks.add(() -> {
        for (int i = 0; i < 2_000; i++) {
          long lsn =
              tree.modify(
                  key,
                  current ->
                      ByteBuffer.allocate(8)
                          .putLong(ByteBuffer.wrap(current).getLong() + 1)
                          .array());
          assertThat(lsn).isPositive();
        }
        return null;
      });
    }
    runAll(tasks);
    assertThat(ByteBuffer.wrap(tree.get(key)).getLong()).isEqualTo(THREADS * 2_000L);
  }
}
