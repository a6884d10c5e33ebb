package io.polarj.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageType;
import io.polarj.pfs.local.LocalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolPressureTest {
  private static final int SPACE = 10;
  private static final int PAGES = 200;
  @TempDir Path directory;

  @Test
  void noIncrementIsLostWhenManyThreadsShareATinyPool() throws Exception {
    KernelSettings settings = new KernelSettings(24L * 16384, 1 << 20, 4 << 20, 2 << 20, 50);
    AtomicLongArray model = new AtomicLongArray(PAGES);
    List<Long> ids = new ArrayList<>();
    try (LocalFileSystem fs = new LocalFileSystem(directory, false)) {
      Kernel.format(fs, settings, 1, 2);
      Kernel kernel = Kernel.open(fs, settings, Kernel.Environment.ALONE);
      kernel.start();
      kernel.createSpace(SPACE);
      for (int i = 0; i < PAGES; i++) {
        Mtr mtr = kernel.begin();
        ids.add(mtr.allocate(SPACE, PageType.UNDO).pageId());
        mtr.commit();
      }
      try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
        List<Future<Void>> done = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
          Random random = new Random(t);
          Callable<Void> work = () -> increments(kernel, ids, model, random);
          done.add(threads.submit(work));
        }
        for (Future<Void> future : done) {
          future.get();
        }
      }
      check(kernel, ids, model);
      kernel.waitDurable(kernel.newestLsn());
      kernel.abandon();
      Kernel again = Kernel.open(fs, settings, Kernel.Environment.ALONE);
      check(again, ids, model);
      again.start();
      again.close();
    }
  }

  private static Void increments(
      Kernel kernel, List<Long> ids, AtomicLongArray model, Random random) {
    for (int i = 0; i < 1500; i++) {
      int index = random.nextInt(PAGES);
      Mtr mtr = kernel.begin();
      PageRef page = mtr.fix(ids.get(index), Latch.EXCLUSIVE);
      mtr.putLong(page, 4000, page.getLong(4000) + 1);
      long lsn = mtr.commit();
      model.incrementAndGet(index);
      if (i % 50 == 0) {
        kernel.waitDurable(lsn);
        assertThat(kernel.durableLsn()).isGreaterThanOrEqualTo(lsn);
      }
    }
    return null;
  }

  private static void check(Kernel kernel, List<Long> ids, AtomicLongArray model)
      throws IOException {
    for (int i = 0; i < PAGES; i++) {
      Mtr mtr = kernel.read();
      assertThat(mtr.fix(ids.get(i), Latch.SHARED).getLong(4000)).isEqualTo(model.get(i));
      mtr.commit();
    }
  }
}
