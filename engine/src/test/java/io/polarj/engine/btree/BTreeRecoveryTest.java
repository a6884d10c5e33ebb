package io.polarj.engine.btree;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.kernel.KernelSettings;
import io.polarj.engine.mtr.Mtr;
import io.polarj.pfs.local.LocalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees on the real kernel, with a buffer pool much smaller than the tree. */
class BTreeRecoveryTest {
  private static final int SPACE = 10;
  private static final long INDEX = 5;
  private static final KernelSettings SETTINGS =
      KernelSettings.small().withBufferPoolBytes(1 << 20);

  @TempDir Path directory;

  private static BTree create(Kernel kernel) {
    kernel.createSpace(SPACE);
    Mtr mtr = kernel.begin();
    int root = BTree.create(mtr, SPACE, INDEX);
    mtr.commit();
    return new BTree(kernel, kernel.treeLatches(), SPACE, root, INDEX);
  }

  private static Kernel open(LocalFileSystem fileSystem) {
    Kernel kernel = Kernel.open(fileSystem, SETTINGS, Kernel.Environment.ALONE);
    kernel.start();
    return kernel;
  }

  @Test
  void randomOperationsAgreeWithATreeMapAndSurviveARestart() throws IOException {
    try (LocalFileSystem fileSystem = new LocalFileSystem(directory, false)) {
      Kernel.format(fileSystem, SETTINGS, 1, 2);
      int root;
      long records;
      try (Kernel kernel = open(fileSystem)) {
        BTree tree = create(kernel);
        root = tree.rootPageNo();
        new BTreeTest.ModelRun(11, tree, 3_000).run();
        records = tree.check().records();
      }
      try (Kernel kernel = open(fileSystem)) {
        BTree tree = new BTree(kernel, kernel.treeLatches(), SPACE, root, INDEX);
        TreeCheck.Report report = tree.check();
        assertThat(report.findings()).isEmpty();
        assertThat(report.records()).isEqualTo(records);
      }
    }
  }

  private record Change(byte[] key, byte[] value, long lsn) {}

  /**
   * After a stop at any point the tree is sound and holds exactly the changes of the redo's prefix.
   */
  @Test
  void aStopLeavesExactlyTheChangesBelowTheRecoveredLsn() throws IOException {
    long seed = 21;
    Random random = new Random(seed);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    try (LocalFileSystem fileSystem = new LocalFileSystem(directory, false)) {
      Kernel.format(fileSystem, SETTINGS, 1, 2);
      int root = 0;
      for (int round = 0; round < 5; round++) {
        Kernel kernel = open(fileSystem);
        BTree tree;
        if (round == 0) {
          tree = create(kernel);
          root = tree.rootPageNo();
          kernel.waitDurable(kernel.newestLsn());
        } else {
          tree = new BTree(kernel, kernel.treeLatches(), SPACE, root, INDEX);
        }
        List<Change> changes = change(tree, random, kernel);
        kernel.abandon();
        Kernel recovered = open(fileSystem);
        for (Change change : changes) {
          if (change.lsn > recovered.recoveredLsn()) {
            break;
          }
          if (change.value == null) {
            model.remove(change.key);
          } else {
            model.put(change.key, change.value);
          }
        }
        BTree again = new BTree(recovered, recovered.treeLatches(), SPACE, root, INDEX);
        verify(seed, round, again, model);
        recovered.abandon();
      }
    }
  }

  private static List<Change> change(BTree tree, Random random, Kernel kernel) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      byte[] key = new byte[20 + random.nextInt(40) * 20];
      key[0] = (byte) random.nextInt(100);
      byte[] value = null;
      if (random.nextInt(3) > 0) {
        value = new byte[random.nextInt(50) == 0 ? 50_000 : random.nextInt(600)];
        random.nextBytes(value);
      }
      byte[] stored = value;
      long lsn = tree.modify(key, current -> stored);
      if (lsn != 0) {
        changes.add(new Change(key, value, lsn));
      }
      if (i == 800) {
        kernel.waitDurable(lsn);
      }
    }
    return changes;
  }

  private static void verify(long seed, int round, BTree tree, TreeMap<byte[], byte[]> model) {
    String where = "seed " + seed + " round " + round;
    TreeCheck.Report report = tree.check();
    assertThat(report.findings()).as(where).isEmpty();
    assertThat(report.records()).as(where).isEqualTo(model.size());
    TreeCursor cursor = tree.ascending(null, null);
    for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
      assertThat(cursor.next()).as(where).isTrue();
      assertThat(cursor.key()).as(where).isEqualTo(entry.getKey());
      assertThat(cursor.value()).as(where).isEqualTo(entry.getValue());
    }
    assertThat(cursor.next()).as(where).isFalse();
  }
}
