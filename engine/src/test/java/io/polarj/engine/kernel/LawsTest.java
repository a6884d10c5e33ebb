package io.polarj.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polarj.engine.buffer.FlushBound;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.LogicalListener;
import io.polarj.engine.recovery.RedoRetention;
import io.polarj.engine.redo.RedoFiles;
import io.polarj.engine.redo.RedoReader;
import io.polarj.pfs.file.FileStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The laws E1 to E4 and R3, each observed from outside. */
final class LawsTest {
  private static final int SPACE = 10;
  private static final KernelSettings TINY =
      new KernelSettings(24L * 16384, 256 << 10, 4 << 20, 1 << 20, 50);

  private static Kernel.Environment environment(FlushBound bound, RedoRetention retention) {
    return new Kernel.Environment(
        CheckpointParticipant.NONE, LogicalListener.NONE, bound, retention);
  }

  private static Kernel open(
      FaultyFileSystem fs, KernelSettings settings, FlushBound bound, RedoRetention retention) {
    Kernel.format(fs, settings, 1, 2);
    Kernel kernel = Kernel.open(fs, settings, environment(bound, retention));
    kernel.start();
    kernel.createSpace(SPACE);
    return kernel;
  }

  private static void eachPage(String path, byte[] bytes, java.util.function.LongConsumer lsn) {
    if (path.startsWith("/data/")) {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < bytes.length; at += PageLayout.PAGE_BYTES) {
        lsn.accept(in.getLong(at + PageLayout.LSN));
      }
    }
  }

  @Test
  void noPageReachesStorageBeforeItsRedo() {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, TINY, FlushBound.NONE, RedoRetention.NONE);
    ConcurrentLinkedQueue<Long> early = new ConcurrentLinkedQueue<>();
    fs.observe((path, _, bytes) ->
        eachPage(
            path,
            bytes,
            lsn -> {
              if (lsn > kernel.durableLsn()) {
                early.add(lsn);
              }
            }));
    RandomPages pages = new RandomPages(new Random(3), SPACE);
    for (int i = 0; i < 3000; i++) {
      pages.step(kernel);
    }
    kernel.close();
    assertThat(kernel.pagesWritten()).isGreaterThan(100);
    assertThat(early).isEmpty();
  }

  @Test
  void noPageIsWrittenAheadOfTheSlowestReplica() {
    FaultyFileSystem fs = new FaultyFileSystem();
    AtomicLong bound = new AtomicLong();
    KernelSettings eager = new KernelSettings(4L << 20, 1 << 20, 4 << 20, 8 << 20, 1);
    Kernel kernel = open(fs, eager, bound::get, RedoRetention.NONE);
    ConcurrentLinkedQueue<Long> future = new ConcurrentLinkedQueue<>();
    fs.observe((path, _, bytes) ->
        eachPage(
            path,
            bytes,
            lsn -> {
              if (lsn > bound.get()) {
                future.add(lsn);
              }
            }));
    RandomPages pages = new RandomPages(new Random(4), SPACE);
    for (int i = 0; i < 3000 || kernel.pagesWritten() < 200; i++) {
      pages.step(kernel);
      if (i % 100 == 50) {
        bound.set(kernel.newestLsn());
      }
    }
    bound.set(Long.MAX_VALUE);
    kernel.close();
    assertThat(future).isEmpty();
  }

  @Test
  void aHotPageIsFlushedFromACopyAlthoughTheReplicaIsAlwaysBehind() {
    FaultyFileSystem fs = new FaultyFileSystem();
    AtomicLong bound = new AtomicLong();
    Kernel kernel = open(fs, KernelSettings.small(), bound::get, RedoRetention.NONE);
    Mtr first = kernel.begin();
    long pageId = first.allocate(SPACE, PageType.UNDO).pageId();
    first.commit();
    AtomicLong value = new AtomicLong();
    await()
        .pollDelay(java.time.Duration.ZERO)
        .pollInterval(java.time.Duration.ofMillis(1))
        .until(() -> {
          long behind = kernel.newestLsn();
          for (int i = 0; i < 20; i++) {
            Mtr mtr = kernel.begin();
            mtr.putLong(mtr.fix(pageId, Latch.EXCLUSIVE), 100, value.incrementAndGet());
            mtr.commit();
          }
          bound.set(behind);
          return kernel.pagesWritten() > 5;
        });
    bound.set(Long.MAX_VALUE);
    kernel.close();
  }

  @Test
  void aMiniTransactionIsFoundWholeOrNotAtAll() {
    for (long seed = 1; seed <= Long.getLong("polarj.seeds", 25); seed++) {
      Random random = new Random(seed);
      FaultyFileSystem fs = new FaultyFileSystem();
      Kernel kernel = open(fs, KernelSettings.small(), FlushBound.NONE, RedoRetention.NONE);
      Mtr mtr = kernel.begin();
      long left = mtr.allocate(SPACE, PageType.UNDO).pageId();
      long right = mtr.allocate(SPACE, PageType.UNDO).pageId();
      kernel.waitDurable(mtr.commit());
      fs.failAt(fs.changes() + 1 + random.nextInt(60));
      try {
        while (true) {
          byte[] bytes = new byte[5000 + random.nextInt(4000)];
          random.nextBytes(bytes);
          Mtr both = kernel.begin();
          PageRef leftPage = both.fix(left, Latch.EXCLUSIVE);
          PageRef rightPage = both.fix(right, Latch.EXCLUSIVE);
          both.putBytes(leftPage, 100, bytes, 0, bytes.length);
          both.putBytes(rightPage, 100, bytes, 0, bytes.length);
          long lsn = both.commit();
          if (random.nextInt(5) == 0) {
            kernel.waitDurable(lsn);
          }
        }
      } catch (EngineException.StorageFailure e) {
        assertThat(e).hasCauseInstanceOf(IOException.class);
      }
      kernel.abandon();
      Kernel again =
          Kernel.open(fs.afterPowerLoss(random), KernelSettings.small(), Kernel.Environment.ALONE);
      Mtr read = again.read();
      long difference =
          read.fix(left, Latch.SHARED)
              .memory()
              .asSlice(100, 12_000)
              .mismatch(read.fix(right, Latch.SHARED).memory().asSlice(100, 12_000));
      read.commit();
      assertThat(difference).as("seed %d", seed).isEqualTo(-1);
      again.abandon();
    }
  }

  @Test
  void redoIsKeptForTheLastWhoNeedsItAndThenRemoved() throws IOException {
    FaultyFileSystem fs = new FaultyFileSystem();
    AtomicLong needed = new AtomicLong(Long.MAX_VALUE);
    Kernel kernel = open(fs, TINY, FlushBound.NONE, needed::get);
    needed.set(kernel.newestLsn());
    RandomPages pages = new RandomPages(new Random(5), SPACE);
    while (kernel.newestLsn() < 6L * TINY.redoFileBytes()) {
      pages.step(kernel);
    }
    kernel.flushAndCheckpoint();
    assertThat(kernel.checkpointLsn()).isGreaterThan(5L * TINY.redoFileBytes());
    try (RedoReader reader = new RedoReader(fs, TINY.redoFileBytes(), needed.get())) {
      while (reader.nextBelowDurable(kernel.durableLsn()) != null) {
        assertThat(reader.lsn()).isLessThanOrEqualTo(kernel.durableLsn());
      }
      assertThat(reader.lsn()).isEqualTo(kernel.durableLsn());
    }
    needed.set(3L * TINY.redoFileBytes() + 5000);
    kernel.takeCheckpoint();
    assertThat(RedoFiles.existing(fs).getFirst()).isEqualTo(3);
    needed.set(Long.MAX_VALUE);
    kernel.takeCheckpoint();
    long last = kernel.checkpointLsn() / TINY.redoFileBytes();
    assertThat(RedoFiles.existing(fs).getFirst()).isEqualTo(last);
    kernel.close();
  }

  /** Recovery in files that were used before takes none of their former redo for its own. */
  @Test
  void redoFilesThatNobodyNeedsBecomeTheNextOnes() throws IOException {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, TINY, FlushBound.NONE, RedoRetention.NONE);
    RandomPages pages = new RandomPages(new Random(8), SPACE);
    AtomicLong zeroed = new AtomicLong();
    fs.observe((path, _, bytes) -> {
      if (path.startsWith("/redo/") && bytes[4] == 0) {
        zeroed.addAndGet(bytes.length);
      }
    });
    for (int round = 0; round < 12; round++) {
      long until = kernel.newestLsn() + TINY.redoFileBytes();
      while (kernel.newestLsn() < until) {
        pages.step(kernel);
      }
      kernel.flushAndCheckpoint();
    }
    List<String> files = fs.readdir("/redo").stream().map(FileStat::name).toList();
    assertThat(files).anyMatch(name -> name.startsWith("spare-"));
    assertThat(zeroed.get()).isLessThan(6L * TINY.redoFileBytes());
    kernel.waitDurable(pages.step(kernel));
    long durable = kernel.durableLsn();
    kernel.abandon();
    Kernel again = Kernel.open(fs.afterPowerLoss(new Random(9)), TINY, Kernel.Environment.ALONE);
    assertThat(again.recoveredLsn()).isGreaterThanOrEqualTo(durable);
    again.abandon();
  }

  @Test
  void afterAFailedLogWriteNobodyIsToldThatItsRedoIsDurable() {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, KernelSettings.small(), FlushBound.NONE, RedoRetention.NONE);
    RandomPages pages = new RandomPages(new Random(6), SPACE);
    kernel.waitDurable(pages.step(kernel));
    fs.failAt(0);
    long lsn = pages.step(kernel);
    assertThatThrownBy(() -> kernel.waitDurable(lsn))
        .isInstanceOf(EngineException.StorageFailure.class)
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(kernel::begin).isInstanceOf(EngineException.StorageFailure.class);
    kernel.abandon();
  }

  @Test
  void anErrorInTheMiddleOfAChangeFailsTheEngineInsteadOfHangingItOrKeepingHalf() {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, KernelSettings.small(), FlushBound.NONE, RedoRetention.NONE);
    Mtr first = kernel.begin();
    long pageId = first.allocate(SPACE, PageType.UNDO).pageId();
    long other = first.allocate(SPACE, PageType.UNDO).pageId();
    first.putLong(first.fix(pageId, Latch.EXCLUSIVE), 200, 1);
    kernel.waitDurable(first.commit());
    Mtr unchanged = kernel.begin();
    unchanged.fix(pageId, Latch.EXCLUSIVE);
    unchanged.close();
    assertThat(kernel.healthy()).isTrue();
    Mtr half = kernel.begin();
    try {
      half.putLong(half.fix(pageId, Latch.EXCLUSIVE), 200, 2);
      assertThatThrownBy(() -> half.fix(PageId.of(SPACE + 1, 9), Latch.EXCLUSIVE))
          .isInstanceOf(EngineException.StorageFailure.class);
    } finally {
      half.close();
    }
    assertThat(kernel.healthy()).isFalse();
    assertThatThrownBy(kernel::begin).isInstanceOf(EngineException.StorageFailure.class);
    Mtr read = kernel.read();
    assertThatThrownBy(() -> read.fix(pageId, Latch.SHARED))
        .isInstanceOf(EngineException.StorageFailure.class)
        .hasMessageContaining("middle of a change");
    assertThat(read.fix(other, Latch.SHARED).pageId()).isEqualTo(other);
    read.commit();
    kernel.close();
    Kernel again = Kernel.open(fs, KernelSettings.small(), Kernel.Environment.ALONE);
    Mtr recovered = again.read();
    assertThat(recovered.fix(pageId, Latch.SHARED).getLong(200)).isEqualTo(1);
    recovered.commit();
    again.abandon();
  }

  @Test
  void aDamagedPageIsNamedWithItsFile() throws IOException {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, KernelSettings.small(), FlushBound.NONE, RedoRetention.NONE);
    Mtr mtr = kernel.begin();
    long pageId = mtr.allocate(SPACE, PageType.UNDO).pageId();
    mtr.commit();
    kernel.close();
    try (var file = fs.open("/data/t10.pjt", java.util.Set.of(io.polarj.pfs.file.OpenMode.WRITE))) {
      file.write(16384 + 9000, java.lang.foreign.MemorySegment.ofArray(new byte[] {1}));
    }
    Kernel again = Kernel.open(fs, KernelSettings.small(), Kernel.Environment.ALONE);
    for (int i = 0; i < 2; i++) {
      Mtr read = again.read();
      assertThatThrownBy(() -> read.fix(pageId, Latch.SHARED))
          .isInstanceOf(EngineException.Corruption.class)
          .hasMessageContainingAll("/data/t10.pjt", "10:1", "checksum");
      read.commit();
    }
    again.abandon();
  }

  @Test
  void droppedTablespacesLeaveTheirPagesUnwritten() throws IOException {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel kernel = open(fs, KernelSettings.small(), FlushBound.NONE, RedoRetention.NONE);
    kernel.createSpace(11);
    List<RandomPages> both =
        List.of(new RandomPages(new Random(1), SPACE), new RandomPages(new Random(2), 11));
    for (int i = 0; i < 200; i++) {
      both.get(i % 2).step(kernel);
    }
    kernel.dropSpace(11);
    assertThat(kernel.spaceExists(11)).isFalse();
    assertThat(fs.exists("/data/t11.pjt")).isFalse();
    kernel.flushAndCheckpoint();
    kernel.abandon();
    Kernel again = Kernel.open(fs, KernelSettings.small(), Kernel.Environment.ALONE);
    assertThat(again.pagesToRecover()).isZero();
    again.abandon();
  }
}
