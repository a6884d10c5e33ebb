package io.polarj.platform.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.random.RandomStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private static final int SECTORS = 64;

  private static ByteBuffer filled(int value) {
    ByteBuffer buffer = AlignedBuffers.allocate(4096);
    while (buffer.hasRemaining()) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  @Test
  void flushedWritesSurviveACrashAndOthersAreKeptDroppedOrTorn() {
    SimScheduler scheduler = new SimScheduler(5);
    SimLoop loop = scheduler.newLoop("n", 0);
    RandomStream random = new RandomStream(5);
    SimDiskImage image = new SimDiskImage(SECTORS * 4096L, random.split("image"));
    SimDisk disk = new SimDisk(image, loop, random.split("disk"));
    for (int s = 0; s < SECTORS; s++) {
      disk.write(s * 4096L, filled(1), error -> assertThat(error).isNull());
    }
    scheduler.runUntil(1_000_000_000L);
    disk.flush(error -> assertThat(error).isNull());
    scheduler.runUntil(2_000_000_000L);
    for (int s = 0; s < SECTORS; s++) {
      disk.write(s * 4096L, filled(2), error -> {});
    }
    loop.kill();
    image.crash();
    int kept = 0;
    int dropped = 0;
    int torn = 0;
    for (int s = 0; s < SECTORS; s++) {
      byte[] sector = image.peek(s * 4096L, 4096);
      byte[] old = new byte[4096];
      Arrays.fill(old, (byte) 1);
      byte[] newer = new byte[4096];
      Arrays.fill(newer, (byte) 2);
      if (Arrays.equals(sector, old)) {
        dropped++;
      } else if (Arrays.equals(sector, newer)) {
        kept++;
      } else {
        torn++;
      }
    }
    assertThat(kept).isPositive();
    assertThat(dropped).isPositive();
    assertThat(torn).isPositive();
  }

  @Test
  void failingDiskTellsTheCaller() {
    SimScheduler scheduler = new SimScheduler(5);
    SimLoop loop = scheduler.newLoop("n", 0);
    SimDiskImage image = new SimDiskImage(4096, new RandomStream(1));
    SimDisk disk = new SimDisk(image, loop, new RandomStream(2));
    disk.failing(true);
    boolean[] failed = new boolean[1];
    disk.write(0, filled(1), error -> failed[0] = error != null);
    scheduler.runUntil(1_000_000_000L);
    assertThat(failed[0]).isTrue();
  }
}
