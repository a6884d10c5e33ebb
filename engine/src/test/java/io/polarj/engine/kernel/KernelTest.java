package io.polarj.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.pfs.local.LocalFileSystem;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelTest {
  private static final int SPACE = 10;
  @TempDir Path directory;

  /** Every page of the space up to the high-water mark, as bytes without the checksum. */
  static Map<Long, byte[]> contents(PageStore store, int highWater) {
    Map<Long, byte[]> contents = new TreeMap<>();
    for (int pageNo = 0; pageNo < highWater; pageNo++) {
      Mtr mtr = store.read();
      var page = mtr.fix(PageId.of(SPACE, pageNo), Latch.SHARED);
      byte[] bytes = page.memory().toArray(ValueLayout.JAVA_BYTE);
      java.util.Arrays.fill(bytes, PageLayout.CRC, PageLayout.MAGIC, (byte) 0);
      contents.put(page.pageId(), bytes);
      mtr.commit();
    }
    return contents;
  }

  static int highWater(PageStore store) {
    Mtr mtr = store.read();
    int mark = mtr.fix(PageId.of(SPACE, 0), Latch.SHARED).memory().get(PageBytes.INT, 76);
    mtr.commit();
    return mark;
  }

  @Test
  void allPagesAreRebuiltFromRedoAlone() throws IOException {
    long seed = 7;
    try (LocalFileSystem fs = new LocalFileSystem(directory, false)) {
      KernelSettings settings = KernelSettings.small();
      Kernel.format(fs, settings, 1, 2);
      Kernel kernel = Kernel.open(fs, settings, Kernel.Environment.ALONE);
      kernel.createSpace(SPACE);
      RandomPages random = new RandomPages(new Random(seed), SPACE);
      long last = 0;
      for (int i = 0; i < 3000; i++) {
        last = random.step(kernel);
      }
      int highWater = highWater(kernel);
      Map<Long, byte[]> before = contents(kernel, highWater);
      kernel.waitDurable(kernel.newestLsn());
      assertThat(kernel.durableLsn()).isGreaterThanOrEqualTo(last);
      kernel.abandon();

      Kernel again = Kernel.open(fs, settings, Kernel.Environment.ALONE);
      assertThat(again.recoveredLsn()).isGreaterThanOrEqualTo(last);
      again.start();
      Map<Long, byte[]> after = contents(again, highWater);
      assertThat(after.keySet()).isEqualTo(before.keySet());
      before.forEach((id, bytes) ->
          assertThat(after.get(id)).as("page %x seed %d", id, seed).isEqualTo(bytes));
      again.close();

      Kernel third = Kernel.open(fs, settings, Kernel.Environment.ALONE);
      assertThat(third.pagesToRecover()).isZero();
      Map<Long, byte[]> clean = contents(third, highWater);
      before.forEach((id, bytes) -> assertThat(clean.get(id)).isEqualTo(bytes));
      third.start();
      third.close();
    }
  }
}
