package io.polarj.pfs.volume;

import static io.polarj.pfs.file.OpenMode.CREATE;
import static io.polarj.pfs.file.OpenMode.READ;
import static io.polarj.pfs.file.OpenMode.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.FileSystemContract;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A volume against the contract of all file systems, and what only a volume has: crashes, read-only
 * mounts, blocks.
 */
final class PfsVolumeTest implements FileSystemContract {
  private static final long SIZE = 48L << 20;
  private static final MkfsOptions OPTIONS = new MkfsOptions(16384, 256 << 10, 1024, false);
  private static final Set<OpenMode> NEW = Set.of(READ, WRITE, CREATE);

  private static ThreadLoop loop;
  private MemoryVolumeDevice device;
  private PfsVolume volume;

  @BeforeEach
  void format() throws IOException {
    device = new MemoryVolumeDevice(SIZE);
    Mkfs.run(device, OPTIONS, 7, 1000);
    volume = mountWriter(device);
  }

  @AfterEach
  void unmount() throws IOException {
    volume.close();
  }

  /** As a host that was granted a new epoch: everybody before it is fenced. */
  private static PfsVolume mountWriter(MemoryVolumeDevice device) throws IOException {
    VolumeLock lock =
        VolumeLocks.acquire(
            device.withNewEpoch(),
            loop,
            device,
            LockRequest.withNewEpoch(new HostIdentity(1, "test"), LockSettings.DEFAULT),
            new RandomStream(device.epoch()));
    return PfsVolume.mountReadWrite(device, lock, SystemClock.INSTANCE);
  }

  private static PfsVolume mountReader(MemoryVolumeDevice device) throws IOException {
    return PfsVolume.mountReadOnly(device.reopen(true), SystemClock.INSTANCE);
  }

  @BeforeAll
  static void startLoop() {
    loop = ThreadLoop.start("lock");
  }

  @Test
  void freedBlocksAreGivenBackOnlyWhenNoDurableStateNamesThem() throws IOException {
    write(volume, "/gone", 0, 5, 300_000);
    write(volume, "/cut", 0, 6, 300_000);
    long blocks = volume.stat("/gone").allocatedBytes();
    assertThat(device.discardedBytes()).isZero();
    volume.unlink("/gone");
    assertThat(device.discardedBytes()).isEqualTo(blocks);
    try (PolarFile file = volume.open("/cut", Set.of(READ, WRITE))) {
      file.truncate(100_000);
    }
    assertThat(device.discardedBytes()).isGreaterThan(blocks);
    assertThat(read(volume, "/cut")).hasSize(100_000).containsOnly(6);

    write(volume, "/open", 0, 7, 300_000);
    long before = device.discardedBytes();
    try (PolarFile file = volume.open("/open", Set.of(READ))) {
      volume.unlink("/open"); // it has no name any more, but a reader
      assertThat(device.discardedBytes()).isEqualTo(before);
    }
    assertThat(device.discardedBytes()).isGreaterThan(before);
  }

  @Test
  void aCrashBeforeTheFreeingTransactionIsDurableLeavesTheFileWhole() throws IOException {
    write(volume, "/kept", 0, 5, 300_000);
    device.dieAtWrite(0, 0);
    assertThatThrownBy(() -> volume.unlink("/kept")).isInstanceOf(IOException.class);
    assertThat(device.discardedBytes()).isZero();
    device = device.reopen(false);
    volume = mountWriter(device);
    assertThat(read(volume, "/kept")).hasSize(300_000).containsOnly(5);
  }

  @AfterAll
  static void stopLoop() {
    loop.close();
  }

  @Override
  public FileSystem fileSystem() {
    return volume;
  }

  private static void write(FileSystem fs, String path, long offset, int value, int length)
      throws IOException {
    try (PolarFile file = fs.open(path, NEW);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(length, 4096);
      memory.fill((byte) value);
      file.write(offset, memory);
    }
  }

  private static byte[] read(FileSystem fs, String path) throws IOException {
    try (PolarFile file = fs.open(path, Set.of(READ));
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, file.size()), 4096);
      int bytes = file.read(0, memory);
      return memory.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Test
  void overwriteOfAllocatedBlocksWritesNothingButTheData() throws IOException {
    try (PolarFile file = volume.open("/f", NEW);
        Arena arena = Arena.ofShared()) { // confined memory would go through a copy
      file.allocate(0, 1 << 20);
      MemorySegment page = arena.allocate(16384, 4096);
      device.dieAtWrite(Long.MAX_VALUE, 0); // only counts
      for (int i = 0; i < 64; i++) {
        file.write(i * 16384L, page);
      }
      assertThat(device.writes()).as("F3: one device write per page").isEqualTo(64);
    }
    assertThat(device.writes()).as("closing may journal the time of the last").isLessThan(66);
  }

  @Test
  void reusedBlocksNeverShowTheFileBefore() throws IOException {
    long free = volume.space().freeBytes();
    write(volume, "/secret", 0, 0x5A, (int) (free / 16384 * 16384));
    assertThat(volume.space().freeBytes()).isZero();
    assertThatThrownBy(() -> write(volume, "/more", 0, 1, 4096))
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
    volume.unlink("/secret");
    try (PolarFile file = volume.open("/hole", NEW);
        Arena arena = Arena.ofConfined()) {
      file.allocate(0, 200_000);
      MemorySegment some = arena.allocate(5000);
      some.fill((byte) 1);
      file.write(300_001, some);
      file.truncate(400_000);
    }
    byte[] bytes = read(volume, "/hole");
    assertThat(bytes).hasSize(400_000);
    for (int i = 0; i < bytes.length; i++) {
      int expected = i >= 300_001 && i < 305_001 ? 1 : 0;
      if (bytes[i] != expected) {
        assertThat(bytes[i]).as("byte %d", i).isEqualTo((byte) expected);
      }
    }
  }

  @Test
  void cutAndGrownFileReadsZerosInBetween() throws IOException {
    write(volume, "/f", 0, 7, 40_000);
    try (PolarFile file = volume.open("/f", NEW)) {
      file.truncate(10_001);
      file.truncate(40_000);
    }
    byte[] bytes = read(volume, "/f");
    for (int i = 0; i < bytes.length; i++) {
      assertThat(bytes[i]).as("byte %d", i).isEqualTo((byte) (i < 10_001 ? 7 : 0));
    }
  }

  @Test
  void everythingIsThereAfterRemountWithAndWithoutACrash() throws IOException {
    volume.mkdir("/a");
    String longName = "/a/" + "n".repeat(250);
    write(volume, longName, 100_000, 3, 10_000);
    write(volume, "/b", 0, 4, 123);
    volume.rename("/b", "/a/c");
    PfsVolume afterCrash = mountWriter(device.reopen(false));
    List<String> names = afterCrash.readdir("/a").stream().map(FileStat::name).toList();
    assertThat(names).containsExactly("c", "n".repeat(250));
    assertThat(read(afterCrash, longName)).hasSize(110_000).endsWith(new byte[] {3, 3, 3});
    afterCrash.close();
    PfsVolume afterUnmount = mountWriter(device.reopen(false));
    assertThat(read(afterUnmount, "/a/c")).hasSize(123);
    assertThat(afterUnmount.exists("/b")).isFalse();
    afterUnmount.close();
  }

  @Test
  void removedFileStaysReadableWhileOpenAndItsSpaceComesBackAfterwards() throws IOException {
    long free = volume.space().freeBytes();
    write(volume, "/f", 0, 9, 65536);
    PolarFile open = volume.open("/f", Set.of(READ));
    volume.unlink("/f");
    assertThat(volume.exists("/f")).isFalse();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(16);
      assertThat(open.read(0, memory)).isEqualTo(16);
      assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
    }
    open.close();
    assertThat(volume.space().freeBytes()).isEqualTo(free);
    write(volume, "/g", 0, 9, 65536);
    PolarFile lost = volume.open("/g", Set.of(READ));
    volume.unlink("/g");
    volume = mountWriter(device.reopen(false));
    assertThat(volume.space().freeBytes()).as("freed by the mount").isEqualTo(free);
    lost.close(); // of the former owner: nothing happens
  }

  @Test
  void readOnlyMountFollowsTheWriterThroughManyRoundsOfTheJournal() throws IOException {
    PfsVolume reader = mountReader(device);
    PfsVolume lazy = mountReader(device);
    for (int i = 0; i < 400; i++) {
      write(volume, "/f" + i % 50, (i % 7) * 16384L, i, 16384);
      if (i % 3 == 0) {
        volume.unlink("/f" + i % 50);
      }
      if (i % 20 == 0) {
        reader.refresh();
        assertThat(reader.readdir("/")).isEqualTo(volume.readdir("/"));
      }
    }
    lazy.refresh();
    assertThat(lazy.readdir("/"))
        .as("after the journal was cut many times")
        .isEqualTo(volume.readdir("/"));
    assertThat(read(lazy, "/f2")).isEqualTo(read(volume, "/f2"));
    assertThatThrownBy(() -> lazy.mkdir("/x"))
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EROFS));
  }

  @Test
  void readOnlyMountSeesAGrowingFileThroughItsOpenHandle() throws IOException {
    write(volume, "/log", 0, 1, 4096);
    PfsVolume reader = mountReader(device);
    try (PolarFile file = reader.open("/log", Set.of(READ));
        Arena arena = Arena.ofConfined()) {
      write(volume, "/log", 4096, 2, 4096);
      MemorySegment memory = arena.allocate(8192, 4096);
      assertThat(file.read(0, memory)).isEqualTo(8192);
      assertThat(memory.get(ValueLayout.JAVA_BYTE, 8000)).isEqualTo((byte) 2);
    }
  }

  /**
   * F1: whatever the write at which the host dies, the names are those of a point between two
   * operations.
   */
  @Test
  void deathAtEveryWriteLeavesAStateBetweenTwoOperations() throws IOException {
    int step = 0;
    for (long n = 0; ; n++) {
      MemoryVolumeDevice disk = new MemoryVolumeDevice(4L << 20);
      Mkfs.run(disk, new MkfsOptions(16384, 64 << 10, 256, false), 7, 1000);
      List<TreeSet<String>> states = new ArrayList<>();
      TreeMap<String, Integer> model = new TreeMap<>();
      states.add(new TreeSet<>(model.keySet()));
      disk.dieAtWrite(n, (int) (n % 3));
      boolean survived = runWorkload(disk, model, states);
      PfsVolume after = mountWriter(disk.reopen(false));
      TreeSet<String> found = new TreeSet<>();
      after.readdir("/").forEach(stat -> found.add(stat.name()));
      // the last operation was cut short: either it happened whole or not at all
      List<TreeSet<String>> allowed = states.subList(Math.max(0, states.size() - 2), states.size());
      assertThat(allowed).as("death at write %d", n).contains(found);
      for (String name : found) {
        if (name.startsWith("d")) {
          continue;
        }
        for (byte b : read(after, "/" + name)) {
          assertThat((int) b)
              .as("file %s after death at %d", name, n)
              .isEqualTo(name.charAt(1) - '0');
        }
      }
      after.mkdir("/works-on");
      after.close();
      step++;
      if (survived) {
        break;
      }
    }
    assertThat(step).as("deaths tried").isGreaterThan(40);
  }

  /**
   * Returns whether the device outlived it. The state after each operation, and after the one that
   * failed, is noted.
   */
  private static boolean runWorkload(
      MemoryVolumeDevice disk, TreeMap<String, Integer> model, List<TreeSet<String>> states) {
    try {
      PfsVolume fs = mountWriter(disk);
      for (int i = 0; i < 24; i++) {
        String name = "f" + i % 5;
        TreeSet<String> next = new TreeSet<>(model.keySet());
        int kind = i % 6;
        if (kind == 4 && model.containsKey(name)) {
          next.remove(name);
        } else if (kind == 5) {
          next.add("d" + i);
        } else {
          next.add(name);
        }
        states.add(next);
        if (kind == 4 && model.containsKey(name)) {
          fs.unlink("/" + name);
          model.remove(name);
        } else if (kind == 5) {
          fs.mkdir("/d" + i);
          model.put("d" + i, 0);
        } else {
          write(fs, "/" + name, 0, name.charAt(1) - '0', 20_000);
          model.put(name, 1);
        }
      }
      fs.close();
      return true;
    } catch (IOException e) {
      if (!disk.dead()) {
        throw new java.io.UncheckedIOException(e);
      }
      return false;
    }
  }

  @Test
  void damagedMetadataIsNamedAndNothingIsMounted() throws IOException {
    volume.mkdir("/d");
    volume.close();
    long objects = (1L << 20) + (256 << 10);
    device.memory().set(ValueLayout.JAVA_BYTE, objects + 2 * 256 + 30, (byte) 77);
    assertThatThrownBy(() -> mountWriter(device.reopen(false)))
        .isInstanceOf(PfsException.class)
        .hasMessageContaining("damaged");
    volume = mountWriter(freshDevice());
  }

  private static MemoryVolumeDevice freshDevice() throws IOException {
    MemoryVolumeDevice fresh = new MemoryVolumeDevice(SIZE);
    Mkfs.run(fresh, OPTIONS, 7, 1000);
    return fresh;
  }

  @Test
  void oneSuperblockMayBeLost() throws IOException {
    write(volume, "/f", 0, 1, 100);
    volume.close();
    device.memory().asSlice(0, 4096).fill((byte) 0xEE);
    volume = mountWriter(device.reopen(false));
    assertThat(read(volume, "/f")).hasSize(100);
    assertThatThrownBy(() -> Mkfs.run(device, OPTIONS, 8, 0))
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
  }

  @Test
  void manyThreadsCreateRenameAndRemoveAtOnce() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    for (int t = 0; t < 8; t++) {
      int me = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int i = 0; i < 60; i++) {
                    String name = "/t" + me + "-" + i;
                    write(volume, name, 0, me, 5000);
                    volume.rename(name, name + "x");
                    if (i % 2 == 0) {
                      volume.unlink(name + "x");
                    }
                  }
                } catch (IOException | RuntimeException e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    PfsVolume after = mountWriter(device.reopen(false));
    assertThat(after.readdir("/")).hasSize(8 * 30);
    assertThat(after.readdir("/")).isEqualTo(volume.readdir("/"));
  }
}
