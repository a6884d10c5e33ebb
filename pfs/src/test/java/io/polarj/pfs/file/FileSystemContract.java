package io.polarj.pfs.file;

import static io.polarj.pfs.file.OpenMode.CREATE;
import static io.polarj.pfs.file.OpenMode.EXCLUSIVE;
import static io.polarj.pfs.file.OpenMode.READ;
import static io.polarj.pfs.file.OpenMode.TRUNCATE;
import static io.polarj.pfs.file.OpenMode.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every {@link FileSystem} promises; implementations' tests implement it. */
public interface FileSystemContract {
  Set<OpenMode> NEW = Set.of(READ, WRITE, CREATE);

  /** An empty read-write file system; the implementing test closes it. */
  FileSystem fileSystem() throws IOException;

  @Test
  default void writtenBytesAreReadBackAtEveryAlignment() throws IOException {
    long seed = 42;
    Random random = new Random(seed);
    byte[] model = new byte[300_000];
    int end = 0;
    try (PolarFile file = fileSystem().open("/f", NEW);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(64 << 10, 4096);
      for (int i = 0; i < 200; i++) {
        boolean aligned = random.nextBoolean();
        int unit = aligned ? 4096 : 1;
        int length = Math.max(unit, random.nextInt(30_000) / unit * unit);
        int offset = random.nextInt(model.length - length) / unit * unit;
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        MemorySegment slice = memory.asSlice(aligned ? 0 : random.nextInt(100), length);
        slice.copyFrom(MemorySegment.ofArray(bytes));
        file.write(offset, random.nextInt(4) == 0 ? MemorySegment.ofArray(bytes) : slice);
        System.arraycopy(bytes, 0, model, offset, length);
        end = Math.max(end, offset + length);
        assertThat(file.size()).isEqualTo(end);
        int from = random.nextInt(model.length - length) / unit * unit;
        slice.fill((byte) 1);
        int got = file.read(from, slice);
        assertThat(got).as("seed %d", seed).isEqualTo(Math.max(0, Math.min(length, end - from)));
        byte[] expected = new byte[got];
        System.arraycopy(model, from, expected, 0, got);
        assertThat(slice.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE))
            .as("seed %d step %d", seed, i)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  default void holesAndAllocatedRangesReadAsZeros() throws IOException {
    try (PolarFile file = fileSystem().open("/f", NEW)) {
      file.write(10_000, MemorySegment.ofArray(new byte[] {7}));
      file.allocate(8192, 100_000);
      assertThat(file.size()).isEqualTo(108_192);
      byte[] all = new byte[108_192];
      assertThat(file.read(0, MemorySegment.ofArray(all))).isEqualTo(all.length);
      byte[] expected = new byte[all.length];
      expected[10_000] = 7;
      assertThat(all).isEqualTo(expected);
      file.truncate(10_000);
      file.truncate(10_002);
      byte[] tail = new byte[10];
      assertThat(file.read(10_000, MemorySegment.ofArray(tail))).isEqualTo(2);
      assertThat(tail).containsOnly(0);
    }
  }

  @Test
  default void asynchronousTransfersReachTheFileAndRangesOutsideItAreErrors() throws Exception {
    try (PolarFile file = fileSystem().open("/f", NEW);
        Arena arena = Arena.ofShared()) {
      file.allocate(0, 16_384);
      MemorySegment memory = arena.allocate(8192, 4096);
      memory.fill((byte) 5);
      assertThat(wait(done -> file.writeAsync(4096, memory, done::complete))).isNull();
      MemorySegment back = arena.allocate(8192, 4096);
      assertThat(wait(done -> file.readAsync(4096, back, done::complete))).isNull();
      assertThat(back.mismatch(memory)).isEqualTo(-1);
      assertThat(wait(done -> file.writeAsync(12_288, memory, done::complete)))
          .isInstanceOf(PfsException.class);
      assertThat(wait(done -> file.readAsync(12_288, memory, done::complete)))
          .isInstanceOf(PfsException.class);
    }
  }

  private static IOException wait(java.util.function.Consumer<CompletableFuture<IOException>> start)
      throws Exception {
    CompletableFuture<IOException> done = new CompletableFuture<>();
    start.accept(done);
    return done.get(30, TimeUnit.SECONDS);
  }

  @Test
  default void namesAreCreatedListedRenamedAndRemoved() throws IOException {
    FileSystem fs = fileSystem();
    fs.mkdir("/d");
    fs.mkdir("/d/e");
    fs.open("/d/b", NEW).close();
    try (PolarFile a = fs.open("/d/a", NEW)) {
      a.write(0, MemorySegment.ofArray(new byte[] {1, 2, 3}));
    }
    assertThat(fs.readdir("/d")).extracting(FileStat::name).containsExactly("a", "b", "e");
    assertThat(fs.stat("/d/a").size()).isEqualTo(3);
    assertThat(fs.stat("/d/e").directory()).isTrue();
    fs.rename("/d/a", "/d/b");
    assertThat(fs.exists("/d/a")).isFalse();
    assertThat(fs.stat("/d/b").size()).isEqualTo(3);
    fs.unlink("/d/b");
    fs.rmdir("/d/e");
    fs.rmdir("/d");
    assertThat(fs.readdir("/")).isEmpty();
    assertThat(fs.space().totalBytes()).isPositive();
  }

  @Test
  default void anUnlinkedFileStaysReadableUntilItIsClosed() throws IOException {
    FileSystem fs = fileSystem();
    try (PolarFile file = fs.open("/f", NEW)) {
      file.write(0, MemorySegment.ofArray(new byte[] {9, 8}));
      fs.unlink("/f");
      assertThat(fs.exists("/f")).isFalse();
      byte[] back = new byte[2];
      assertThat(file.read(0, MemorySegment.ofArray(back))).isEqualTo(2);
      assertThat(back).containsExactly(9, 8);
    }
  }

  @Test
  default void anOpenFileTellsOfItselfAfterItsNameWentToAnother() throws IOException {
    FileSystem fs = fileSystem();
    fs.open("/other", NEW).close();
    try (PolarFile file = fs.open("/f", NEW)) {
      file.write(0, MemorySegment.ofArray(new byte[] {9, 8, 7}));
      long inode = fs.stat("/f").inode();
      assertThat(file.stat().inode()).isEqualTo(inode);
      fs.rename("/other", "/f");
      assertThat(file.stat().inode()).isEqualTo(inode).isNotEqualTo(fs.stat("/f").inode());
      assertThat(file.stat().size()).isEqualTo(3);
    }
  }

  @Test
  default void theTimeOfTheLastChangeCanBeSet() throws IOException {
    FileSystem fs = fileSystem();
    fs.mkdir("/d");
    fs.open("/d/f", NEW).close();
    fs.setModified("/d/f", 1_234_000);
    fs.setModified("/d", 5_678_000);
    assertThat(fs.stat("/d/f").modifiedMillis()).isEqualTo(1_234_000);
    assertThat(fs.stat("/d").modifiedMillis()).isEqualTo(5_678_000);
    fails(Errno.ENOENT, () -> fs.setModified("/none", 1));
  }

  @Test
  default void openModesDecideAboutExistingFiles() throws IOException {
    FileSystem fs = fileSystem();
    fails(Errno.ENOENT, () -> fs.open("/f", Set.of(READ, WRITE)));
    try (PolarFile file = fs.open("/f", NEW)) {
      file.write(0, MemorySegment.ofArray(new byte[100]));
    }
    fails(Errno.EEXIST, () -> fs.open("/f", Set.of(READ, WRITE, CREATE, EXCLUSIVE)));
    try (PolarFile file = fs.open("/f", NEW)) {
      assertThat(file.size()).isEqualTo(100);
    }
    try (PolarFile file = fs.open("/f", Set.of(READ, WRITE, TRUNCATE))) {
      assertThat(file.size()).isZero();
    }
    try (PolarFile file = fs.open("/f", Set.of(READ))) {
      fails(Errno.EBADF, () -> file.write(0, MemorySegment.ofArray(new byte[1])));
    }
  }

  @Test
  default void failuresCarryThePosixError() throws IOException {
    FileSystem fs = fileSystem();
    fs.mkdir("/d");
    fs.open("/d/f", NEW).close();
    fails(Errno.ENOENT, () -> fs.stat("/none"));
    fails(Errno.ENOENT, () -> fs.unlink("/none"));
    fails(Errno.ENOENT, () -> fs.mkdir("/none/x"));
    fails(Errno.ENOENT, () -> fs.rename("/none", "/x"));
    fails(Errno.EEXIST, () -> fs.mkdir("/d"));
    fails(Errno.ENOTEMPTY, () -> fs.rmdir("/d"));
    fails(Errno.ENOTDIR, () -> fs.rmdir("/d/f"));
    fails(Errno.ENOTDIR, () -> fs.readdir("/d/f"));
    fails(Errno.EISDIR, () -> fs.unlink("/d"));
    fails(Errno.EISDIR, () -> fs.open("/d", NEW));
    fails(Errno.EINVAL, () -> fs.stat("relative"));
    fails(Errno.ENAMETOOLONG, () -> fs.mkdir("/" + "x".repeat(256)));
  }

  @Test
  default void appendsOfManyThreadsFollowEachOther() throws Exception {
    try (PolarFile file = fileSystem().open("/f", NEW)) {
      Thread[] threads = new Thread[4];
      Set<Long> offsets = java.util.concurrent.ConcurrentHashMap.newKeySet();
      for (int t = 0; t < threads.length; t++) {
        byte[] record = new byte[1000];
        java.util.Arrays.fill(record, (byte) (t + 1));
        threads[t] =
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < 20; i++) {
                    try {
                      offsets.add(file.append(MemorySegment.ofArray(record)));
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(offsets).hasSize(80);
      assertThat(file.size()).isEqualTo(80_000);
      byte[] all = new byte[80_000];
      file.read(0, MemorySegment.ofArray(all));
      for (int at = 0; at < all.length; at += 1000) {
        for (int i = 0; i < 1000; i++) {
          assertThat(all[at + i]).isEqualTo(all[at]).isBetween((byte) 1, (byte) 4);
        }
      }
    }
  }

  @Test
  default void holesThatArePunchedReadAsZerosAndKeepTheSize() throws IOException {
    try (PolarFile file = fileSystem().open("/f", NEW)) {
      byte[] model = new byte[200_000];
      java.util.Arrays.fill(model, (byte) 5);
      file.write(0, MemorySegment.ofArray(model));
      int[][] holes = {{0, 10}, {5_000, 3}, {20_000, 70_000}, {150_001, 60_000}, {16_384, 16_384}};
      for (int[] hole : holes) {
        file.punch(hole[0], hole[1]);
        java.util.Arrays.fill(model, hole[0], Math.min(model.length, hole[0] + hole[1]), (byte) 0);
        byte[] back = new byte[model.length];
        assertThat(file.read(0, MemorySegment.ofArray(back))).isEqualTo(model.length);
        assertThat(back).as("after %d+%d", hole[0], hole[1]).isEqualTo(model);
      }
      file.write(30_000, MemorySegment.ofArray(new byte[] {1}));
      byte[] back = new byte[3];
      file.read(29_999, MemorySegment.ofArray(back));
      assertThat(back).containsExactly(0, 1, 0);
    }
  }

  @Test
  default void allocationMayKeepTheSize() throws IOException {
    try (PolarFile file = fileSystem().open("/f", NEW)) {
      file.write(0, MemorySegment.ofArray(new byte[] {1, 2, 3}));
      file.allocateKeepingSize(0, 100_000);
      assertThat(file.size()).isEqualTo(3);
      file.write(90_000, MemorySegment.ofArray(new byte[] {4}));
      byte[] all = new byte[90_001];
      assertThat(file.read(0, MemorySegment.ofArray(all))).isEqualTo(all.length);
      byte[] expected = new byte[all.length];
      expected[0] = 1;
      expected[1] = 2;
      expected[2] = 3;
      expected[90_000] = 4;
      assertThat(all).isEqualTo(expected);
    }
  }

  @Test
  default void renameReplacesAFileThatIsOpenElsewhere() throws IOException {
    FileSystem fs = fileSystem();
    try (PolarFile old = fs.open("/target", NEW);
        PolarFile fresh = fs.open("/fresh", NEW)) {
      old.write(0, MemorySegment.ofArray(new byte[] {1}));
      fresh.write(0, MemorySegment.ofArray(new byte[] {2, 2}));
      fs.rename("/fresh", "/target");
      byte[] one = new byte[1];
      old.read(0, MemorySegment.ofArray(one));
      assertThat(one).containsExactly(1);
      assertThat(fs.stat("/target").size()).isEqualTo(2);
      assertThat(fs.readdir("/")).extracting(FileStat::name).containsExactly("target");
    }
    fs.mkdir("/a");
    fs.mkdir("/a/b");
    fails(Errno.EINVAL, () -> fs.rename("/a", "/a/b/c"));
    fails(Errno.ENOTDIR, () -> fs.rename("/a", "/target"));
    fails(Errno.EISDIR, () -> fs.rename("/target", "/a"));
    fs.mkdir("/full");
    fs.open("/full/x", NEW).close();
    fails(Errno.ENOTEMPTY, () -> fs.rename("/a", "/full"));
    fs.rename("/full", "/a/b");
    assertThat(fs.exists("/a/b/x")).isTrue();
  }

  @Test
  default void everyChangeOfAFileIsAChangeOfItsTime() throws IOException {
    FileSystem fs = fileSystem();
    long before = System.currentTimeMillis() - 1;
    try (PolarFile file = fs.open("/f", NEW)) {
      file.allocate(0, 8192);
      file.write(0, MemorySegment.ofArray(new byte[4096]));
    }
    assertThat(fs.stat("/f").modifiedMillis()).isGreaterThanOrEqualTo(before);
  }

  private static void fails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).as(e.getMessage()).isEqualTo(errno));
  }
}
