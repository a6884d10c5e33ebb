package io.polarj.pfs.volume;

import static io.polarj.pfs.volume.TestMounts.NEW;
import static io.polarj.pfs.volume.TestMounts.formatted;
import static io.polarj.pfs.volume.TestMounts.read;
import static io.polarj.pfs.volume.TestMounts.reader;
import static io.polarj.pfs.volume.TestMounts.write;
import static io.polarj.pfs.volume.TestMounts.writer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.fsck.Fsck;
import io.polarj.platform.clock.Clock;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the metadata of a volume promises beyond the contract: batches, space, growth, bounds. */
final class VolumeMetadataTest {
  private static final MkfsOptions SMALL = new MkfsOptions(16384, 64 << 10, 1024, false);
  private static final long RING = 1 << 20;

  /** Holds the first write into the journal back until it is let go. */
  private static final class Gate implements VolumeDevice {
    private final VolumeDevice inner;
    final CountDownLatch open = new CountDownLatch(1);
    volatile boolean armed;
    int journalWrites;

    Gate(VolumeDevice inner) {
      this.inner = inner;
    }

    @Override
    public long size() {
      return inner.size();
    }

    @Override
    public boolean readOnly() {
      return inner.readOnly();
    }

    @Override
    public void read(long offset, MemorySegment target, IoCallback done) {
      inner.read(offset, target, done);
    }

    @Override
    public void write(long offset, MemorySegment source, IoCallback done) {
      if (armed && offset >= RING && offset < RING + SMALL.journalBytes()) {
        journalWrites++; // by one thread at a time
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      inner.write(offset, source, done);
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  @Test
  void whatThreadsCreateWhileABatchIsWrittenIsOneBatch() throws Exception {
    MemoryVolumeDevice device = formatted(16 << 20, SMALL);
    Gate gate = new Gate(device);
    PfsVolume fs = writer(device, gate, io.polarj.platform.clock.SystemClock.INSTANCE);
    gate.armed = true;
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 16; t++) {
      String name = "/f" + t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  fs.open(name, NEW).close();
                } catch (IOException e) {
                  failures.add(e);
                }
              }));
    }
    Awaitility.await()
        .until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
    assertThat(fs.readdir("/")).as("queued in order, in memory").hasSize(16);
    assertThat(reader(device).readdir("/")).as("not durable: nobody else sees it").isEmpty();
    gate.open.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(gate.journalWrites).as("one under way, one for all others").isEqualTo(2);
    assertThat(reader(device).readdir("/")).hasSize(16);
    fs.close();
  }

  @Test
  void hundredThousandFilesInADirectoryCostAConstantNumberOfTransfersEach() throws IOException {
    int files = 100_000;
    MemoryVolumeDevice device =
        formatted(256 << 20, new MkfsOptions(16384, 8 << 20, 220_000, false));
    PfsVolume fs = writer(device);
    device.dieAtWrite(Long.MAX_VALUE, 0); // only counts
    long readsBefore = device.reads();
    for (int i = 0; i < files; i++) {
      fs.open("/f" + i, NEW).close();
    }
    assertThat(device.writes()).isLessThan(files * 13L / 10);
    assertThat(device.reads() - readsBefore).as("the lock's own reads").isLessThan(files / 1000);
    assertThat(fs.readdir("/")).hasSize(files);
    assertThat(fs.stat("/f77777").size()).isZero();
    PfsVolume after = reader(device);
    assertThat(after.readdir("/")).hasSize(files);
    for (int i = 0; i < files; i += 2) {
      fs.unlink("/f" + i);
    }
    fs.close();
    assertThat(reader(device).readdir("/")).hasSize(files / 2);
    assertThat(Fsck.verify(device, false).findings()).isEmpty();
  }

  @Test
  void replayReadsAtMostTheRing() throws IOException {
    MemoryVolumeDevice device = formatted(16 << 20, SMALL);
    PfsVolume fs = writer(device);
    for (int i = 0; i < 2_000; i++) {
      write(fs, "/f" + i % 100, (i % 3) * 16384L, i, 5000);
    }
    MemoryVolumeDevice after = device.reopen(true);
    PfsVolume mounted =
        PfsVolume.mountReadOnly(after, io.polarj.platform.clock.SystemClock.INSTANCE);
    long homes = SMALL.objects() * 256L;
    assertThat(after.bytesRead()).isLessThan(2 * SMALL.journalBytes() + homes + (1 << 20));
    assertThat(mounted.readdir("/")).isEqualTo(fs.readdir("/"));
  }

  @Test
  void anchorThatIsTornWhileItIsMovedLosesNothing() throws IOException {
    int torn = 0;
    for (long n = 0; torn < 3; n++) {
      MemoryVolumeDevice device = formatted(16 << 20, SMALL);
      PfsVolume fs = writer(device);
      for (int i = 0; i < 30; i++) {
        write(fs, "/f" + i, 0, i, 100);
      }
      device.dieAtWrite(n, 0);
      List<FileStat> before = fs.readdir("/");
      try {
        fs.close();
      } catch (IOException expected) {
        assertThat(device.dead()).isTrue();
      }
      boolean inAnchor = device.diedAt() >= 8192 && device.diedAt() < 16384;
      if (inAnchor) {
        device.memory().asSlice(device.diedAt() + 8, 512).fill((byte) 0x55);
        torn++;
      }
      assertThat(reader(device).readdir("/")).as("death at write %d", n).isEqualTo(before);
      assertThat(writer(device.reopen(false)).readdir("/")).isEqualTo(before);
      if (!device.dead()) {
        break;
      }
    }
    assertThat(torn).isEqualTo(1);
  }

  @Test
  void punchedBlocksAreFreeAtOnceAndAfterACrash() throws IOException {
    MemoryVolumeDevice device = formatted(16 << 20, SMALL);
    PfsVolume fs = writer(device);
    long free = fs.space().freeBytes();
    write(fs, "/f", 0, 7, 160 << 10);
    try (PolarFile file = fs.open("/f", NEW)) {
      file.punch(16384 + 5, 5 * 16384);
      assertThat(fs.space().freeBytes()).isEqualTo(free - 6 * 16384);
      assertThat(file.size()).isEqualTo(160 << 10);
    }
    PfsVolume after = writer(device.reopen(false));
    assertThat(after.space().freeBytes()).isEqualTo(free - 6 * 16384);
    byte[] bytes = read(after, "/f");
    for (int i = 0; i < bytes.length; i++) {
      int expected = i >= 16389 && i < 16389 + 5 * 16384 ? 0 : 7;
      if (bytes[i] != expected) {
        assertThat(bytes[i]).as("byte %d", i).isEqualTo((byte) expected);
      }
    }
  }

  @Test
  void blocksAllocatedBeyondTheSizeShowNothingOfTheFileBefore() throws IOException {
    MemoryVolumeDevice device = formatted(8 << 20, SMALL);
    PfsVolume fs = writer(device);
    int all = (int) fs.space().freeBytes();
    write(fs, "/secret", 0, 0x5A, all);
    fs.unlink("/secret");
    try (PolarFile file = fs.open("/f", NEW)) {
      file.allocateKeepingSize(0, 1 << 20);
      assertThat(file.size()).isZero();
      assertThat(fs.space().freeBytes()).isEqualTo(all - (1 << 20));
      file.write(500_000, MemorySegment.ofArray(new byte[] {1}));
      file.truncate(600_000);
    }
    byte[] bytes = read(fs, "/f");
    bytes[500_000] = 0;
    assertThat(bytes).hasSize(600_000).containsOnly(0);
    try (PolarFile file = fs.open("/f", NEW)) {
      file.truncate(0);
    }
    assertThat(fs.space().freeBytes()).isEqualTo(all);
  }

  @Test
  void timeOfWritesInPlaceIsSeenAtOnceAndKeptWhenTheFileIsClosed() throws IOException {
    MemoryVolumeDevice device = formatted(8 << 20, SMALL);
    long[] wall = {5_000};
    Clock clock =
        new Clock() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public long wallMillis() {
            return wall[0];
          }
        };
    PfsVolume fs = writer(device, device, clock);
    try (PolarFile file = fs.open("/f", NEW);
        Arena arena = Arena.ofShared()) {
      file.allocate(0, 16384);
      wall[0] = 9_000;
      device.dieAtWrite(Long.MAX_VALUE, 0);
      file.write(0, arena.allocate(4096, 4096));
      assertThat(device.writes()).as("F3").isEqualTo(1);
      assertThat(fs.stat("/f").modifiedMillis()).isEqualTo(9_000);
      assertThat(reader(device).stat("/f").modifiedMillis()).isEqualTo(5_000);
    }
    assertThat(reader(device).stat("/f").modifiedMillis()).isEqualTo(9_000);
  }

  @Test
  void volumeGrowsWhileItIsMountedAndReadersFollow() throws IOException {
    MemoryVolumeDevice device = new MemoryVolumeDevice(4 << 20, 12 << 20);
    Mkfs.run(device, SMALL, 7, 1000);
    PfsVolume fs = writer(device);
    PfsVolume reader = reader(device);
    long total = fs.space().totalBytes();
    write(fs, "/a", 0, 1, (int) fs.space().freeBytes());
    assertThatThrownBy(() -> write(fs, "/b", 0, 2, 1 << 20))
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
    device.growUp();
    assertThat(fs.grow()).isEqualTo(12 << 20);
    assertThat(fs.space().totalBytes()).isEqualTo(total + (8 << 20));
    write(fs, "/b", 0, 2, 5 << 20);
    reader.refresh();
    assertThat(reader.space().totalBytes()).isEqualTo(total + (8 << 20));
    assertThat(read(reader, "/b")).hasSize(5 << 20).containsOnly(2);
    PfsVolume after = writer(device.reopen(false));
    assertThat(after.space()).isEqualTo(fs.space());
    assertThat(read(after, "/b")).hasSize(5 << 20).containsOnly(2);
    assertThat(Fsck.verify(device, true).findings()).isEmpty();
  }

  @Test
  void writerThatFindsNoSpaceLooksWhetherTheVolumeHasGrown() throws IOException {
    MemoryVolumeDevice device = new MemoryVolumeDevice(4 << 20, 12 << 20);
    Mkfs.run(device, SMALL, 7, 1000);
    PfsVolume fs = writer(device);
    device.growUp();
    write(fs, "/a", 0, 1, 6 << 20);
    assertThat(read(fs, "/a")).hasSize(6 << 20);
  }
}
