// The kernel below SQL: a tree in a warm buffer pool, and mini-transactions into the redo log.
package io.polarj.bench.jmh;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.btree.TreeCursor;
import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A tree of 100 000 rows of 200 bytes, all of its pages in the pool. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineBenchmark {
  private static final int SPACE = 900;
  private static final int INDEX = 9_000;
  private static final int ROWS = 100_000;
  private static final int ROW_BYTES = 200;
  private static final int RANGE = 100;

  private final SplittableRandom random = new SplittableRandom(1);
  private LocalEngine local;
  private Kernel kernel;
  private BTree tree;
  private long page;
  private long counter;

  private static byte[] key(int id) {
    return ByteBuffer.allocate(5).put((byte) 1).putInt(id).array();
  }

  @Setup(Level.Trial)
  public void setUp() throws IOException {
    local = new LocalEngine();
    kernel = local.engine().kernel();
    kernel.createSpace(SPACE);
    int root;
    Mtr mtr = kernel.begin();
    try {
      root = BTree.create(mtr, SPACE, INDEX);
      page = mtr.allocate(SPACE, PageType.UNDO).pageId();
    } finally {
      mtr.commit();
    }
    tree = new BTree(kernel, kernel.treeLatches(), SPACE, root, INDEX);
    for (int id = 0; id < ROWS; id++) {
      tree.put(key(id), new byte[ROW_BYTES]);
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    local.close();
  }

  @Benchmark
  public byte[] treeGet() {
    return tree.get(key(random.nextInt(ROWS)));
  }

  @Benchmark
  public long treeScanOfHundredRows() {
    int from = random.nextInt(ROWS - RANGE);
    TreeCursor cursor = tree.ascending(key(from), key(from + RANGE));
    long bytes = 0;
    while (cursor.next()) {
      bytes += cursor.value().length;
    }
    return bytes;
  }

  /** Eight bytes changed in one page: latch, redo group, publishing; not waiting for the disk. */
  @Benchmark
  public long mtrCommit() {
    Mtr mtr = kernel.begin();
    long lsn;
    try {
      PageRef ref = mtr.fix(page, Latch.EXCLUSIVE);
      mtr.putLong(ref, PageLayout.BODY, counter++);
    } finally {
      lsn = mtr.commit();
    }
    return lsn;
  }
}
