package io.polarj.pfs.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.polarj.pfs.volume.TestVolume;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.fuse.FuseDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume through the kernel: programs that know nothing of it, and the JDK's own provider. */
final class FuseMountTest {
  @TempDir Path directory;
  private TestVolume volume;
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    String missing = FuseDevice.missing();
    assumeTrue(missing == null, missing);
    volume = TestVolume.make(128L << 20);
    try {
      mount = FuseMount.mount(volume.mounted(), SystemClock.INSTANCE, "test", directory, 0, 0);
    } catch (IOException e) {
      volume.close();
      assumeTrue(false, "mounting is not allowed here: " + e.getMessage());
    }
  }

  @AfterEach
  void unmount() throws IOException {
    if (mount != null) {
      mount.close();
      volume.close();
    }
  }

  @Test
  void filesAreMadeWrittenRenamedAndRemoved() throws IOException {
    Path d = Files.createDirectory(directory.resolve("d"));
    Path f = Files.writeString(d.resolve("f ü"), "hello");
    assertThat(Files.readString(f)).isEqualTo("hello");
    assertThat(volume.mounted().stat("/d/f ü").size()).isEqualTo(5);
    Files.writeString(f, " world", StandardOpenOption.APPEND);
    Files.writeString(d.resolve("g"), "other");
    Files.move(f, d.resolve("g"), StandardCopyOption.ATOMIC_MOVE);
    assertThat(Files.readString(d.resolve("g"))).isEqualTo("hello world");
    assertThat(Files.exists(f)).isFalse();
    assertThatThrownBy(() -> Files.delete(d)).isInstanceOf(DirectoryNotEmptyException.class);
    assertThatThrownBy(() -> Files.size(f)).isInstanceOf(NoSuchFileException.class);
    Files.move(d, directory.resolve("e"));
    Files.setLastModifiedTime(directory.resolve("e/g"), FileTime.fromMillis(1_234_567));
    assertThat(volume.mounted().stat("/e/g").modifiedMillis()).isEqualTo(1_234_567);
    Files.delete(directory.resolve("e/g"));
    Files.delete(directory.resolve("e"));
    assertThat(volume.mounted().readdir("/")).isEmpty();
    assertThat(Files.getFileStore(directory).getTotalSpace())
        .isEqualTo(volume.mounted().space().totalBytes());
  }

  @Test
  void longDirectoriesAreListedWhole() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (int i = 0; i < 400; i++) {
      String name = "a rather long name for a file, number " + i;
      Files.createFile(directory.resolve(name));
      names.add(name);
    }
    try (Stream<Path> list = Files.list(directory)) {
      assertThat(list.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void anUnlinkedOpenFileLivesOnAndLocksHold() throws IOException {
    Path f = directory.resolve("f");
    long free = volume.mounted().space().freeBytes();
    try (FileChannel channel =
        FileChannel.open(
            f, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[5000]));
      Files.delete(f);
      assertThat(channel.size()).isEqualTo(5000);
      assertThat(channel.read(ByteBuffer.allocate(6000), 0)).isEqualTo(5000);
      channel.truncate(10);
      channel.force(true);
      assertThat(channel.size()).isEqualTo(10);
      try (FileLock lock = channel.lock()) {
        assertThat(lock.isValid()).isTrue();
      }
    }
    // the kernel tells of the last close when it has time
    Awaitility.await().until(() -> volume.mounted().space().freeBytes() == free);
  }

  @Test
  void whatPolarFsHasNotIsRefusedAndTheMountGoesOn() throws IOException {
    Path f = Files.writeString(directory.resolve("f"), "x");
    assertThatThrownBy(() -> Files.createSymbolicLink(directory.resolve("l"), f))
        .isInstanceOf(FileSystemException.class);
    assertThatThrownBy(() -> Files.createLink(directory.resolve("l"), f))
        .isInstanceOf(FileSystemException.class);
    assertThatThrownBy(() -> Files.setAttribute(f, "unix:mode", 0600))
        .isInstanceOf(FileSystemException.class);
    assertThat(Files.readString(f)).isEqualTo("x");
  }

  @Test
  void randomOperationsMatchAModel() throws IOException {
    long seed = 20_261_121;
    Random random = new Random(seed);
    byte[] model = new byte[300_000];
    int size = 0;
    Path f = directory.resolve("f");
    RandomAccessFile file = new RandomAccessFile(f.toFile(), "rw");
    for (int step = 0; step < 600; step++) {
      String what = "seed " + seed + " step " + step;
      int at = random.nextInt(250_000);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          byte[] bytes = new byte[1 + random.nextInt(40_000)];
          random.nextBytes(bytes);
          file.seek(at);
          file.write(bytes);
          System.arraycopy(bytes, 0, model, at, bytes.length);
          size = Math.max(size, at + bytes.length);
        }
        case 2, 3 -> {
          byte[] bytes = new byte[1 + random.nextInt(40_000)];
          file.seek(at);
          int read = file.read(bytes);
          int expected = Math.min(bytes.length, size - at);
          assertThat(read).as(what).isEqualTo(expected <= 0 ? -1 : expected);
          if (read > 0) {
            assertThat(Arrays.mismatch(bytes, 0, read, model, at, at + read))
                .as(what)
                .isEqualTo(-1);
          }
        }
        case 4 -> {
          file.setLength(at);
          if (at < size) {
            Arrays.fill(model, at, size, (byte) 0);
          }
          size = at;
        }
        default -> {
          file.close();
          file = new RandomAccessFile(f.toFile(), "rw");
          assertThat(file.length()).as(what).isEqualTo(size);
        }
      }
    }
    file.close();
    assertThat(Files.readAllBytes(f)).isEqualTo(Arrays.copyOf(model, size));
  }

  @Test
  void fioFindsItsChecksumsAgain() throws Exception {
    run(
        "fio",
        "--name=verify",
        "--directory=" + directory,
        "--rw=randwrite",
        "--bs=4k",
        "--size=8m",
        "--direct=1",
        "--ioengine=psync",
        "--numjobs=2",
        "--verify=crc32c",
        "--verify_state_save=0");
  }

  @Test
  void sqliteKeepsItsDatabaseHere() throws Exception {
    run(
        "sqlite3",
        directory.resolve("t.db").toString(),
        "PRAGMA journal_mode=DELETE; CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES(1),(2);"
            + "COMMIT; INSERT INTO t SELECT a + 2 FROM t;");
    String count =
        run(
            "sqlite3",
            directory.resolve("t.db").toString(),
            "SELECT COUNT(*) FROM t; PRAGMA integrity_check;");
    assertThat(count.lines()).containsExactly("4", "ok");
  }

  private String run(String... command) throws Exception {
    Path program = Path.of("/usr/bin", command[0]);
    assumeTrue(Files.isExecutable(program), program + " is not installed");
    Path output = Files.createTempFile("fuse", ".out");
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      String text = Files.readString(output);
      assertThat(ended).as(text).isTrue();
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      Files.delete(output);
    }
  }
}
