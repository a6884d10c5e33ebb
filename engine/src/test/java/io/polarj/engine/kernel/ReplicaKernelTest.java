package io.polarj.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.LogicalType;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.LogicalListener;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ReplicaKernelTest {
  private static final int SPACE = 10;
  private static final KernelSettings SETTINGS =
      new KernelSettings(40L * 16384, 256 << 10, 4 << 20, 1 << 20, 30);

  @Test
  void aReplicaHasThePagesOfItsAppliedLsnWhateverThePrimaryHasFlushed() throws IOException {
    for (long seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      FaultyFileSystem fs = new FaultyFileSystem();
      AtomicLong applied = new AtomicLong(Long.MAX_VALUE);
      Kernel.format(fs, SETTINGS, 1, 2);
      Kernel primary =
          Kernel.open(
              fs,
              SETTINGS.withBufferPoolBytes(100L * 16384),
              new Kernel.Environment(
                  CheckpointParticipant.NONE, LogicalListener.NONE, applied::get, () -> 0));
      primary.start();
      primary.createSpace(SPACE);
      RandomPages pages = new RandomPages(random, SPACE);
      for (int i = 0; i < 300; i++) {
        pages.step(primary);
      }
      primary.flushAndCheckpoint();
      applied.set(0);
      FaultyFileSystem mount = fs.readOnlyMount();
      ReplicaKernel replica = ReplicaKernel.open(mount, SETTINGS, LogicalListener.NONE);
      try (RedoModel model = new RedoModel(fs, SETTINGS.redoFileBytes())) {
        for (int round = 0; round < 40; round++) {
          long durable = primary.durableLsn();
          long now = replica.applyTo(durable);
          assertThat(model.advance(durable)).isEqualTo(now);
          applied.set(now);
          compare(replica, model.pages(SPACE), random, seed);
          for (int i = random.nextInt(40); i > 0; i--) {
            pages.step(primary);
          }
          if (random.nextInt(4) == 0) {
            replica.release(primary.checkpointLsn());
          }
          primary.waitDurable(primary.newestLsn());
        }
      }
      applied.set(Long.MAX_VALUE);
      primary.flushAndCheckpoint();
      replica.applyTo(primary.durableLsn());
      replica.release(primary.checkpointLsn());
      assertThat(replica.pendingPages()).isZero();
      assertThat(mount.changes()).isZero();
      replica.close();
      primary.close();
    }
  }

  /** Looks at half of the pages, so that cached and uncached ones meet. */
  private static void compare(
      ReplicaKernel replica, Map<Long, byte[]> expected, Random random, long seed) {
    expected.forEach((id, bytes) -> {
      if (random.nextBoolean()) {
        Mtr mtr = replica.read();
        byte[] found = mtr.fix(id, Latch.SHARED).memory().toArray(ValueLayout.JAVA_BYTE);
        mtr.commit();
        Arrays.fill(found, PageLayout.CRC, PageLayout.MAGIC, (byte) 0);
        assertThat(Arrays.equals(found, bytes)).as("page %x, seed %d", id, seed).isTrue();
      }
    });
  }

  @Test
  void aReaderUnderTheTreeLatchNeverSeesHalfAStructureChange() throws Exception {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel.format(fs, SETTINGS, 1, 2);
    Kernel primary = Kernel.open(fs, SETTINGS, Kernel.Environment.ALONE);
    primary.start();
    primary.createSpace(SPACE);
    Mtr mtr = primary.begin();
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(mtr.allocate(SPACE, PageType.BTREE_LEAF).pageId());
    }
    primary.waitDurable(mtr.commit());
    List<Long> commits = new ArrayList<>();
    ReplicaKernel replica =
        ReplicaKernel.open(fs.readOnlyMount(), SETTINGS, (_, end, _, _) -> commits.add(end));
    replica.applyTo(primary.durableLsn());
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Callable<Long> reader =
          () -> {
            var latch = replica.treeLatches().of(77);
            long seen = 0;
            while (!stop.get()) {
              long stamp = latch.readLock();
              Mtr read = replica.read();
              long first = read.fix(ids.getFirst(), Latch.SHARED).getLong(200);
              for (long id : ids) {
                assertThat(read.fix(id, Latch.SHARED).getLong(200)).isEqualTo(first);
              }
              read.commit();
              latch.unlockRead(stamp);
              seen = first;
            }
            return seen;
          };
      List<Future<Long>> readers = List.of(threads.submit(reader), threads.submit(reader));
      List<Long> ends = new ArrayList<>();
      for (int value = 1; value <= 750; value++) {
        Mtr change = primary.begin();
        change.structureChange(77);
        for (long id : ids) {
          PageRef page = change.fix(id, Latch.EXCLUSIVE);
          change.putLong(page, 200, value);
        }
        change.logical(LogicalType.TRX_COMMIT, new byte[8]);
        ends.add(change.commit());
        if (value % 3 == 0) {
          primary.waitDurable(ends.getLast());
          assertThat(replica.applyTo(primary.durableLsn())).isEqualTo(ends.getLast());
        }
      }
      stop.set(true);
      for (Future<Long> future : readers) {
        future.get();
      }
      assertThat(commits).isEqualTo(ends);
    }
    replica.close();
    primary.close();
  }

  /** What a reader takes its snapshot at must not be ahead of what it will find (R1). */
  @Test
  void theAppliedLsnMovesOnlyWhenTheGroupsPagesAndRecordsAreApplied() throws Exception {
    FaultyFileSystem fs = new FaultyFileSystem();
    Kernel.format(fs, SETTINGS, 1, 2);
    Kernel primary = Kernel.open(fs, SETTINGS, Kernel.Environment.ALONE);
    primary.start();
    primary.createSpace(SPACE);
    Mtr mtr = primary.begin();
    long pageId = mtr.allocate(SPACE, PageType.UNDO).pageId();
    primary.waitDurable(mtr.commit());
    AtomicReference<ReplicaKernel> opened = new AtomicReference<>();
    List<Long> startsTold = new ArrayList<>();
    List<Long> appliedThen = new ArrayList<>();
    ReplicaKernel replica =
        ReplicaKernel.open(
            fs.readOnlyMount(),
            SETTINGS,
            (start, _, _, _) -> {
              startsTold.add(start);
              appliedThen.add(opened.get().appliedLsn());
            });
    opened.set(replica);
    long before = replica.applyTo(primary.durableLsn());
    Mtr change = primary.begin();
    change.putLong(change.fix(pageId, Latch.EXCLUSIVE), 200, 1);
    change.logical(LogicalType.TRX_COMMIT, new byte[8]);
    long end = change.commit();
    primary.waitDurable(end);
    Mtr reader = replica.read();
    assertThat(reader.fix(pageId, Latch.SHARED).getLong(200)).isZero();
    Thread applying = Thread.ofPlatform().start(() -> replica.applyTo(end));
    await()
        .pollInterval(java.time.Duration.ofMillis(1))
        .until(() -> applying.getState() == Thread.State.WAITING);
    assertThat(replica.appliedLsn()).as("while a page waits for its reader").isEqualTo(before);
    reader.commit();
    applying.join();
    assertThat(replica.appliedLsn()).isEqualTo(end);
    assertThat(startsTold).hasSize(1);
    assertThat(appliedThen.getFirst())
        .as("while records are told")
        .isLessThanOrEqualTo(startsTold.getFirst());
    replica.close();
    primary.close();
  }
}
