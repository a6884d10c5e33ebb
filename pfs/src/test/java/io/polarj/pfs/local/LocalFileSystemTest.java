package io.polarj.pfs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.FileSystemContract;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalFileSystemTest implements FileSystemContract {
  @TempDir Path directory;
  private FileSystem fileSystem;

  @BeforeEach
  void open() throws IOException {
    fileSystem = new LocalFileSystem(directory, false);
  }

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  @Override
  public FileSystem fileSystem() {
    return fileSystem;
  }

  @Test
  void pathsCanNotLeaveTheDirectory() {
    assertThatThrownBy(() -> fileSystem.stat("/../etc"))
        .isInstanceOfSatisfying(
            PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  void readOnlyMountRefusesChanges() throws IOException {
    fileSystem.open("/f", NEW).close();
    try (FileSystem second = new LocalFileSystem(directory, true)) {
      assertThat(second.exists("/f")).isTrue();
      assertThatThrownBy(() -> second.unlink("/f"))
          .isInstanceOfSatisfying(
              PfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EROFS));
    }
  }

  @Test
  void anInterruptedThreadDoesNotCloseTheFileForOthers() throws IOException {
    try (PolarFile file = fileSystem.open("/f", Set.of(OpenMode.WRITE, OpenMode.CREATE))) {
      Thread.currentThread().interrupt();
      file.write(0, MemorySegment.ofArray(new byte[] {1, 2}));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.size()).isEqualTo(2);
    }
  }
}
