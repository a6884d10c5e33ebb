package io.polarj.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.LogicalListener;
import io.polarj.engine.recovery.RedoRetention;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Power goes at a random write or sync, twice; what recovery finds is compared with the log. */
final class CrashTest {
  private static final int SPACE = 10;
  private static final KernelSettings SETTINGS =
      new KernelSettings(24L * 16384, 256 << 10, 4 << 20, 1 << 20, 50);

  /** All redo is kept, so that the model can be made from it. */
  private static final Kernel.Environment KEEP_REDO =
      new Kernel.Environment(
          CheckpointParticipant.NONE, LogicalListener.NONE, () -> Long.MAX_VALUE, keepAll());

  private static RedoRetention keepAll() {
    return () -> 0;
  }

  @Test
  void afterPowerLossThePagesAreThoseOfAPrefixOfTheLogWithAllThatWasAcknowledged()
      throws IOException {
    for (long seed = 1; seed <= Long.getLong("polarj.seeds", 30); seed++) {
      Random random = new Random(seed);
      FaultyFileSystem fs = new FaultyFileSystem();
      Kernel.format(fs, SETTINGS, 1, 2);
      long acknowledged = 0;
      for (int life = 0; life < 3; life++) {
        acknowledged = live(fs, random, acknowledged);
        fs = fs.afterPowerLoss(random);
        verify(fs, acknowledged, seed);
      }
    }
  }

  /** Works until the power goes; returns what was acknowledged as durable. */
  private long live(FaultyFileSystem fs, Random random, long before) {
    long acknowledged = before;
    fs.failAt(fs.changes() + 1 + random.nextInt(random.nextInt(4) == 0 ? 30 : 400));
    Kernel kernel = null;
    try {
      kernel = Kernel.open(fs, SETTINGS, KEEP_REDO);
      kernel.start();
      if (!kernel.spaceExists(SPACE)) {
        long lsn = kernel.createSpace(SPACE);
        kernel.waitDurable(lsn);
        acknowledged = lsn;
      }
      RandomPages pages = new RandomPages(random, SPACE);
      for (int i = 0; i < 600; i++) {
        long lsn = pages.step(kernel);
        if (random.nextInt(6) == 0) {
          kernel.waitDurable(lsn);
          acknowledged = Math.max(acknowledged, lsn);
        }
        if (random.nextInt(60) == 0) {
          kernel.takeCheckpoint();
        }
      }
    } catch (EngineException.StorageFailure | EngineException.Corruption e) {
      // The power is gone. A tablespace may exist without its header: then nothing was
      // acknowledged and its first page can not be read.
      if (e instanceof EngineException.Corruption && acknowledged != 0) {
        throw e;
      }
    } finally {
      if (kernel != null) {
        kernel.abandon();
      }
    }
    return acknowledged;
  }

  private void verify(FaultyFileSystem fs, long acknowledged, long seed) throws IOException {
    FaultyFileSystem copy = fs.afterPowerLoss(new Random(0)); // recovery may write; look at a copy
    Kernel kernel = Kernel.open(copy, SETTINGS, KEEP_REDO);
    try (RedoModel model = new RedoModel(copy, SETTINGS.redoFileBytes())) {
      assertThat(kernel.recoveredLsn()).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged);
      assertThat(model.advance(kernel.recoveredLsn())).isEqualTo(kernel.recoveredLsn());
      Map<Long, byte[]> found = new TreeMap<>();
      Map<Long, byte[]> expected = model.pages(SPACE);
      for (long pageId : expected.keySet()) {
        Mtr mtr = kernel.read();
        byte[] bytes = mtr.fix(pageId, Latch.SHARED).memory().toArray(ValueLayout.JAVA_BYTE);
        mtr.commit();
        Arrays.fill(bytes, PageLayout.CRC, PageLayout.MAGIC, (byte) 0);
        found.put(pageId, bytes);
      }
      expected.forEach((id, bytes) ->
          assertThat(Arrays.equals(found.get(id), bytes))
              .as("page %x, seed %d, LSN %d", id, seed, kernel.recoveredLsn())
              .isTrue());
    } finally {
      kernel.abandon();
    }
  }
}
