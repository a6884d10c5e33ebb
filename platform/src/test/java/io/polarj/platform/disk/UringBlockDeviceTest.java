package io.polarj.platform.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UringBlockDeviceTest extends BlockDeviceContract {
  @Override
  BlockDevice open(Path path, ThreadLoop loop) throws IOException {
    try {
      return BlockDevices.open(path, 0, loop, DeviceMode.URING);
    } catch (IOException e) {
      if (e.getMessage().contains("io_uring_setup")) {
        return abort("no io_uring here: " + e.getMessage());
      }
      throw e;
    }
  }

  @ParameterizedTest
  @EnumSource(IdleMode.class)
  void loopThatSleepsInTheRingIsWokenByTasksAndTimersToo(IdleMode mode) throws Exception {
    try (ThreadLoop own = ThreadLoop.start("own", mode)) {
      BlockDevice device = open(directory.resolve("disk"), own);
      for (int i = 0; i < 200; i++) {
        CountDownLatch done = new CountDownLatch(3);
        own.execute(done::countDown);
        own.schedule(10_000, done::countDown);
        device.read(0, AlignedBuffers.allocate(4096), error -> done.countDown());
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      }
      device.close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = IdleMode.class, names = "HYBRID")
  void moreRequestsThanTheRingHoldsAllComplete(IdleMode mode) throws Exception {
    int requests = 6000;
    CountDownLatch done = new CountDownLatch(requests);
    AtomicInteger failed = new AtomicInteger();
    try (ThreadLoop own = ThreadLoop.start("own", mode)) {
      List<BlockDevice> devices = new ArrayList<>();
      devices.add(open(directory.resolve("disk"), own));
      devices.add(open(directory.resolve("disk"), own));
      own.execute(() -> {
        for (int i = 0; i < requests; i++) {
          devices
              .get(i % 2)
              .read(
                  (i % 64) * 4096L,
                  AlignedBuffers.allocate(4096),
                  error -> {
                    if (error != null) {
                      failed.incrementAndGet();
                    }
                    done.countDown();
                  });
        }
      });
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(failed).hasValue(0);
      devices.forEach(BlockDevice::close);
      assertThat(own.failedTasks()).isZero();
    }
  }
}
