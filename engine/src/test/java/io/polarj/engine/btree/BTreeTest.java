package io.polarj.engine.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.page.PageId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BTreeTest {
  private static final int SPACE = 7;
  private static final long INDEX = 42;

  private final MemoryPages pages = new MemoryPages(true);
  private final TreeLatches latches = new TreeLatches();
  private final BTree tree = newTree();

  private BTree newTree() {
    Mtr mtr = pages.begin();
    int root = BTree.create(mtr, SPACE, INDEX);
    mtr.commit();
    return new BTree(pages, latches, SPACE, root, INDEX);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  /** A long key, so that few fit into a page and trees get high. */
  private static byte[] wideKey(int number, int length) {
    byte[] key = new byte[length];
    Arrays.fill(key, (byte) 'k');
    byte[] digits = text("%08d".formatted(number));
    System.arraycopy(digits, 0, key, length - digits.length, digits.length);
    return key;
  }

  private TreeCheck.Report soundReport() {
    TreeCheck.Report report = tree.check();
    assertThat(report.findings()).isEmpty();
    return report;
  }

  private List<byte[]> keys(TreeCursor cursor) {
    List<byte[]> keys = new ArrayList<>();
    while (cursor.next()) {
      keys.add(cursor.key());
    }
    return keys;
  }

  @Test
  void emptyTreeHasNothing() {
    assertThat(tree.get(key(1))).isNull();
    assertThat(tree.remove(key(1))).isFalse();
    assertThat(tree.update(key(1), key(1))).isFalse();
    assertThat(keys(tree.ascending(null, null))).isEmpty();
    assertThat(keys(tree.descending(null, null))).isEmpty();
    assertThat(tree.estimate(null, null)).isZero();
    assertThat(soundReport().height()).isEqualTo(1);
  }

  @Test
  void insertRefusesAKeyThatIsThere() {
    assertThat(tree.insert(key(1), text("one"))).isTrue();
    assertThat(tree.insert(key(1), text("two"))).isFalse();
    assertThat(tree.get(key(1))).isEqualTo(text("one"));
  }

  @Test
  void emptyKeysAndValuesAreKeysAndValues() {
    assertThat(tree.insert(new byte[0], new byte[0])).isTrue();
    assertThat(tree.insert(key(0), new byte[0])).isTrue();
    assertThat(tree.get(new byte[0])).isEmpty();
    assertThat(keys(tree.ascending(null, null))).containsExactly(new byte[0], key(0));
  }

  @Test
  void modifierThatReturnsTheCurrentValueChangesNothing() {
    tree.insert(key(1), text("one"));
    long operations = pages.loggedOperations();
    assertThat(tree.modify(key(1), current -> current)).isZero();
    assertThat(pages.loggedOperations()).isEqualTo(operations);
  }

  @Test
  void modifierThatThrowsLeavesTheTreeUsable() {
    tree.insert(key(1), text("one"));
    assertThatThrownBy(() ->
            tree.modify(
                key(1),
                current -> {
                  throw new EngineException.Interrupted();
                }))
        .isInstanceOf(EngineException.Interrupted.class);
    assertThat(tree.put(key(1), text("two"))).isPositive();
    assertThat(tree.get(key(1))).isEqualTo(text("two"));
  }

  @Test
  void ascendingInsertsFillTheirPages() {
    byte[] value = new byte[100];
    for (int i = 0; i < 20_000; i++) {
      tree.insert(key(i), value);
    }
    TreeCheck.Report report = soundReport();
    assertThat(report.records()).isEqualTo(20_000);
    assertThat(report.leafFillPercent()).isGreaterThanOrEqualTo(95);
    assertThat(pages.structureChanges()).isPositive();
  }

  @Test
  void severalAscendingRunsFillTheirPages() {
    for (int i = 0; i < 4_000; i++) {
      for (int run = 0; run < 10; run++) {
        tree.insert(key(run * 1_000_000 + i), new byte[100]);
      }
    }
    assertThat(soundReport().leafFillPercent()).isGreaterThanOrEqualTo(90);
  }

  @Test
  void descendingInsertsFillTheirPages() {
    byte[] value = new byte[100];
    for (int i = 20_000; i > 0; i--) {
      tree.insert(key(i), value);
    }
    assertThat(soundReport().leafFillPercent()).isGreaterThanOrEqualTo(90);
  }

  @Test
  void randomInsertsFillPagesToTwoThirds() {
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, 20_000).boxed().toList());
    Collections.shuffle(numbers, new Random(1));
    numbers.forEach(i -> tree.insert(key(i), new byte[100]));
    TreeCheck.Report report = soundReport();
    assertThat(report.leafFillPercent()).isBetween(60, 80);
    assertThat(keys(tree.ascending(null, null))).hasSize(20_000);
  }

  @Test
  void removingEverythingGivesThePagesBackAndLowersTheRoot() {
    for (int i = 0; i < 3_000; i++) {
      tree.insert(wideKey(i, 1_000), text("v" + i));
    }
    assertThat(soundReport().height()).isGreaterThanOrEqualTo(3);
    for (int i = 0; i < 3_000; i++) {
      assertThat(tree.remove(wideKey((i * 7) % 3_000, 1_000))).isTrue();
    }
    TreeCheck.Report report = soundReport();
    assertThat(report.height()).isEqualTo(1);
    assertThat(report.records()).isZero();
    assertThat(pages.pagesInUse()).isEqualTo(1);
    assertThat(pages.replayDifferences()).isEmpty();
  }

  @Test
  void longValuesLiveInChainsAndAreFreedWithTheirRecord() {
    byte[] value = new byte[3 << 20];
    new Random(5).nextBytes(value);
    tree.insert(key(1), text("before"));
    tree.insert(key(2), value);
    assertThat(tree.get(key(2))).isEqualTo(value);
    TreeCheck.Report report = soundReport();
    assertThat(report.overflowPages())
        .hasSize((value.length + OverflowChain.PAGE_DATA - 1) / OverflowChain.PAGE_DATA);
    byte[] other = Arrays.copyOf(value, 100_000);
    tree.put(key(2), other);
    assertThat(tree.get(key(2))).isEqualTo(other);
    tree.put(key(2), text("short"));
    assertThat(pages.pagesInUse()).isEqualTo(1);
    tree.put(key(2), value);
    TreeCursor cursor = tree.ascending(null, null);
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.value()).isEqualTo(value);
    assertThat(tree.remove(key(2))).isTrue();
    assertThat(pages.pagesInUse()).isEqualTo(1);
    assertThat(pages.replayDifferences()).isEmpty();
  }

  @Test
  void cursorsOverManyLongValuesReadThemInParts() {
    byte[] value = new byte[700_000];
    for (int i = 0; i < 10; i++) {
      value[0] = (byte) i;
      tree.insert(key(i), value.clone());
    }
    TreeCursor up = tree.ascending(null, null);
    for (int i = 0; i < 10; i++) {
      assertThat(up.next()).isTrue();
      assertThat(up.value()[0]).isEqualTo((byte) i);
    }
    assertThat(up.next()).isFalse();
    TreeCursor down = tree.descending(null, null);
    for (int i = 9; i >= 0; i--) {
      assertThat(down.next()).isTrue();
      assertThat(down.value()[0]).isEqualTo((byte) i);
    }
    assertThat(down.next()).isFalse();
  }

  @Test
  void tooLongKeysAndValuesAreRefused() {
    assertThatThrownBy(() -> tree.insert(new byte[BTree.MAX_KEY_BYTES + 1], new byte[0]))
        .isInstanceOf(EngineException.TooLarge.class);
    assertThatThrownBy(() -> tree.insert(key(1), new byte[BTree.MAX_VALUE_BYTES + 1]))
        .isInstanceOf(EngineException.TooLarge.class);
    assertThat(tree.get(key(1))).isNull();
  }

  @Test
  void aFullVolumeLeavesTheTreeAsItWas() {
    pages.limitPages(12);
    int inserted = 0;
    while (true) {
      int number = inserted * 37 % 1_000;
      try {
        tree.insert(wideKey(number, 2_000), new byte[500]);
      } catch (EngineException.NoSpace e) {
        assertThat(tree.get(wideKey(number, 2_000))).isNull();
        break;
      }
      inserted++;
    }
    byte[] present = wideKey(0, 2_000);
    assertThatThrownBy(() -> tree.put(present, new byte[1 << 20]))
        .isInstanceOf(EngineException.NoSpace.class);
    assertThat(tree.get(present)).hasSize(500);
    assertThat(soundReport().records()).isEqualTo(inserted);
    assertThat(soundReport().pages()).hasSizeGreaterThanOrEqualTo(pages.pagesInUse());
    pages.limitPages(40);
    assertThat(tree.put(present, new byte[10_000])).isPositive();
    soundReport();
  }

  @Test
  void estimatesAreExactInOneLeafAndNearInMany() {
    for (int i = 0; i < 100; i++) {
      tree.insert(key(i), new byte[10]);
    }
    assertThat(tree.estimate(key(10), key(30))).isEqualTo(20);
    assertThat(tree.estimate(key(30), key(10))).isZero();
    for (int i = 100; i < 50_000; i++) {
      tree.insert(key(i), new byte[50]);
    }
    assertThat(tree.estimate(null, null)).isBetween(40_000L, 60_000L);
    assertThat(tree.estimate(key(10_000), key(20_000))).isBetween(8_000L, 12_000L);
    assertThat(tree.estimate(key(10_000), key(10_010))).isBetween(0L, 20L);
  }

  @Test
  void bulkAppendBuildsAFullTreeAndRefusesDisorder() {
    List<Map.Entry<byte[], byte[]>> sorted = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      byte[] value = i % 5_000 == 17 ? new byte[9_000] : new byte[60];
      sorted.add(Map.entry(key(i), value));
    }
    assertThat(tree.bulkAppend(sorted.iterator(), 90)).isEqualTo(30_000);
    TreeCheck.Report report = soundReport();
    assertThat(report.records()).isEqualTo(30_000);
    assertThat(report.leafFillPercent()).isBetween(88, 91);
    assertThat(tree.get(key(17))).hasSize(9_000);
    List<Map.Entry<byte[], byte[]>> late = List.of(Map.entry(key(5), new byte[1]));
    assertThatThrownBy(() -> tree.bulkAppend(late.iterator(), 90))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(tree.bulkAppend(List.of(Map.entry(key(40_000), new byte[1])).iterator(), 90))
        .isEqualTo(1);
    assertThat(soundReport().records()).isEqualTo(30_001);
    assertThat(pages.replayDifferences()).isEmpty();
  }

  @Test
  void recordsInsertedAndRemovedBehindACursorDoNotDisturbIt() {
    for (int i = 0; i < 4_000; i += 2) {
      tree.insert(wideKey(i, 300), new byte[10]);
    }
    TreeCursor up = tree.ascending(null, null);
    TreeCursor down = tree.descending(null, null);
    for (int i = 0; i < 1_990; i += 2) {
      assertThat(up.next()).isTrue();
      assertThat(up.key()).isEqualTo(wideKey(i, 300));
      assertThat(down.next()).isTrue();
      assertThat(down.key()).isEqualTo(wideKey(3_998 - i, 300));
      // Behind the one and not yet reached by the other: merges there, splits here.
      tree.remove(wideKey(i, 300));
      tree.insert(wideKey(3_999 - i, 300), new byte[200]);
    }
    soundReport();
  }

  @Test
  void checkReportsAWrongSeparator() {
    for (int i = 0; i < 2_000; i++) {
      tree.insert(key(i), new byte[100]);
    }
    Mtr mtr = pages.begin();
    PageRef root = mtr.fix(PageId.of(SPACE, tree.rootPageNo()), Latch.EXCLUSIVE);
    int record = NodeLayout.record(root, 1);
    mtr.putByte(root, record + NodeLayout.RECORD_HEADER + 3, 0xff);
    mtr.commit();
    assertThat(tree.check().findings()).isNotEmpty();
  }

  @Test
  void randomOperationsAgreeWithATreeMap() {
    for (long seed = 1; seed <= 3; seed++) {
      ModelRun run = new ModelRun(seed, tree(seed), 3_000);
      run.run();
      assertThat(run.height()).isGreaterThanOrEqualTo(3);
    }
  }

  private BTree tree(long indexId) {
    Mtr mtr = pages.begin();
    int root = BTree.create(mtr, SPACE, indexId);
    mtr.commit();
    return new BTree(pages, latches, SPACE, root, indexId);
  }

  @Test
  void replayingTheOperationsGivesTheSamePages() {
    new ModelRun(99, tree, 3_000).run();
    assertThat(pages.replayDifferences()).isEmpty();
    TreeCheck.Report report = soundReport();
    assertThat(pages.pagesInUse()).isEqualTo(report.pages().size() + report.overflowPages().size());
  }

  /** Random operations against a tree and a {@link TreeMap}; every failure names the seed. */
  static final class ModelRun {
    private final long seed;
    private final Random random;
    private final BTree tree;
    private final int steps;
    private int height;
    private final TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

    ModelRun(long seed, BTree tree, int steps) {
      this.seed = seed;
      this.random = new Random(seed);
      this.tree = tree;
      this.steps = steps;
    }

    void run() {
      try {
        for (int step = 0; step < steps; step++) {
          boolean growing = step / 1_000 % 2 == 0;
          step(growing);
          if (step % 1_000 == 999) {
            verify();
          }
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }

    private byte[] randomKey() {
      int number = random.nextInt(1_500);
      return wideKey(number, number % 10 == 0 ? 3_000 : 8 + number % 700);
    }

    private byte[] randomValue() {
      int kind = random.nextInt(100);
      int length =
          kind < 70
              ? random.nextInt(200)
              : kind < 97 ? random.nextInt(4_001) : 4_001 + random.nextInt(60_000);
      byte[] value = new byte[length];
      random.nextBytes(value);
      return value;
    }

    private void step(boolean growing) {
      byte[] key = randomKey();
      int choice = random.nextInt(10);
      if (choice < (growing ? 6 : 2)) {
        byte[] value = randomValue();
        assertThat(tree.insert(key, value)).isEqualTo(model.putIfAbsent(key, value) == null);
      } else if (choice < (growing ? 7 : 6)) {
        assertThat(tree.remove(key)).isEqualTo(model.remove(key) != null);
      } else if (choice < 8) {
        byte[] value = randomValue();
        assertThat(tree.update(key, value)).isEqualTo(model.replace(key, value) != null);
      } else if (choice < 9) {
        assertThat(tree.get(key)).isEqualTo(model.get(key));
      } else {
        assertThat(tree.ceilingKey(key)).isEqualTo(model.ceilingKey(key));
        scan(key, randomKey());
      }
    }

    private void scan(byte[] one, byte[] other) {
      boolean ordered = Arrays.compareUnsigned(one, other) <= 0;
      byte[] low = ordered ? one : other;
      byte[] high = ordered ? other : one;
      assertSame(tree.ascending(low, high), model.subMap(low, high));
      assertSame(tree.descending(low, high), model.subMap(low, true, high, false).descendingMap());
    }

    private void assertSame(TreeCursor cursor, Map<byte[], byte[]> expected) {
      for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key()).isEqualTo(entry.getKey());
        assertThat(cursor.value()).isEqualTo(entry.getValue());
      }
      assertThat(cursor.next()).isFalse();
    }

    int height() {
      return height;
    }

    private void verify() {
      TreeCheck.Report report = tree.check();
      height = Math.max(height, report.height());
      assertThat(report.findings()).isEmpty();
      assertThat(report.records()).isEqualTo(model.size());
      assertSame(tree.ascending(null, null), model);
      assertSame(tree.descending(null, null), model.descendingMap());
    }
  }
}
