package io.polarj.pfs.nio;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.volume.PfsVolume;
import io.polarj.pfs.volume.TestVolume;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the provider does that the JDK's own has no equal of. */
final class PolarFileSystemProviderTest {
  private TestVolume volume;
  private FileSystem fileSystem;

  @BeforeEach
  void mount() throws IOException {
    volume = TestVolume.make(32L << 20);
    fileSystem = PolarFileSystemProvider.mounted("data", volume.mounted());
  }

  @AfterEach
  void unmount() throws IOException {
    fileSystem.close();
    volume.close();
  }

  @Test
  void aUriFindsTheMountedVolume() throws IOException {
    Path path = Path.of(URI.create("pfs://data/dir/%C3%BC%20x"));
    assertThat(path).isEqualTo(fileSystem.getPath("/dir/ü x"));
    assertThat(path.toUri()).isEqualTo(URI.create("pfs://data/dir/ü%20x"));
    assertThat(Path.of(path.toUri())).isEqualTo(path);
    assertThat(FileSystems.getFileSystem(URI.create("pfs://data/"))).isSameAs(fileSystem);
    Files.createDirectory(path.getParent());
    assertThat(Files.readString(Files.writeString(path, "x"))).isEqualTo("x");
    assertThat(Files.getFileStore(path).type()).isEqualTo("polarfs");
    assertThat(Files.getFileStore(path).getUsableSpace()).isBetween(1L, 32L << 20);
  }

  @Test
  void aVolumeThatIsNotMountedIsToldHow() {
    assertThatThrownBy(() -> Path.of(URI.create("pfs://other/x")))
        .isInstanceOf(FileSystemNotFoundException.class)
        .hasMessageContaining("newFileSystem");
    assertThatThrownBy(() -> Path.of(URI.create("pfs:x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aVolumeIsMountedOnceInAProcess() {
    assertThatThrownBy(() -> PolarFileSystemProvider.mounted("data", volume.mounted()))
        .isInstanceOf(FileSystemAlreadyExistsException.class);
    assertThatThrownBy(() -> FileSystems.newFileSystem(URI.create("pfs://data/"), Map.of()))
        .isInstanceOf(FileSystemAlreadyExistsException.class);
  }

  @Test
  void mountingNeedsToKnowTheCluster(@TempDir Path empty) {
    URI other = URI.create("pfs://other/");
    assertThatThrownBy(() -> FileSystems.newFileSystem(other, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data");
    assertThatThrownBy(() -> FileSystems.newFileSystem(other, Map.of("mode", "r")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FileSystems.newFileSystem(other, Map.of("colour", "red")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("colour");
    assertThatThrownBy(() -> FileSystems.newFileSystem(other, Map.of("data", empty)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("polarj up");
  }

  @Test
  void closingTheFileSystemClosesItsChannelsAndFreesTheName() throws IOException {
    Path path = fileSystem.getPath("/f");
    FileChannel channel = FileChannel.open(path, CREATE, WRITE);
    fileSystem.close();
    assertThat(channel.isOpen()).isFalse();
    assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> Files.size(path)).isInstanceOf(ClosedFileSystemException.class);
    assertThat(volume.mounted().exists("/f")).as("the mount is its owner's").isTrue();
    fileSystem = PolarFileSystemProvider.mounted("data", volume.mounted());
    assertThat(Files.size(fileSystem.getPath("/f"))).isZero();
  }

  @Test
  void mappingIsRefusedAndSaysWhatToDo() throws IOException {
    try (FileChannel channel = FileChannel.open(fileSystem.getPath("/f"), CREATE, READ, WRITE)) {
      assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_ONLY, 0, 1))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("read into a buffer");
    }
  }

  @Test
  void appendersOfOneFileNeverOverwriteEachOther() throws Exception {
    Path path = fileSystem.getPath("/log");
    Files.createFile(path);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      var writers =
          IntStream.range(0, 4)
              .mapToObj(number -> threads.submit(() -> append(path, (byte) (number + 1))))
              .toList();
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    int[] records = new int[5];
    byte[] all = Files.readAllBytes(path);
    assertThat(all).hasSize(4 * 50 * 33);
    for (int at = 0; at < all.length; at += 33) {
      for (int i = 0; i < 33; i++) {
        assertThat(all[at + i]).isEqualTo(all[at]);
      }
      records[all[at]]++;
    }
    assertThat(records).containsExactly(0, 50, 50, 50, 50);
  }

  private static Void append(Path path, byte value) throws IOException {
    byte[] record = new byte[33];
    java.util.Arrays.fill(record, value);
    try (FileChannel channel = FileChannel.open(path, APPEND)) {
      for (int i = 0; i < 50; i++) {
        channel.write(ByteBuffer.wrap(record));
      }
    }
    return null;
  }

  @Test
  void aReadOnlyMountShowsTheWritersFilesAndRefusesChanges() throws IOException {
    Files.writeString(fileSystem.getPath("/f"), "one");
    try (PfsVolume reader = volume.mountReader();
        FileSystem second = PolarFileSystemProvider.mounted("reader", reader)) {
      assertThat(second.isReadOnly()).isTrue();
      assertThat(Files.readString(second.getPath("/f"))).isEqualTo("one");
      Files.writeString(fileSystem.getPath("/g"), "two");
      assertThat(Files.readString(second.getPath("/g"))).isEqualTo("two");
      assertThat(Files.isWritable(second.getPath("/f"))).isFalse();
      assertThatThrownBy(() -> Files.writeString(second.getPath("/f"), "x"))
          .isInstanceOfSatisfying(
              FileSystemException.class,
              e -> assertThat(e.getReason()).isEqualTo("Read-only file system"));
    }
  }

  @Test
  void filesMoveBetweenVolumesButNotAtomically() throws IOException {
    try (TestVolume other = TestVolume.make(32L << 20);
        FileSystem second = PolarFileSystemProvider.mounted("second", other.mounted())) {
      Path from = Files.writeString(fileSystem.getPath("/f"), "text");
      Path to = second.getPath("/g");
      assertThatThrownBy(() -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE))
          .isInstanceOf(AtomicMoveNotSupportedException.class);
      Files.move(from, to);
      assertThat(Files.exists(from)).isFalse();
      assertThat(Files.readString(to)).isEqualTo("text");
    }
  }

  @Test
  void aFencedWriterIsToldSo() throws IOException {
    Path path = Files.writeString(fileSystem.getPath("/f"), "old");
    try (TestVolume next = volume.afterCrash()) {
      assertThatThrownBy(() -> Files.writeString(path, "new"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Stale");
      assertThat(next.mounted().stat("/f").size()).isEqualTo(3);
    }
  }
}
