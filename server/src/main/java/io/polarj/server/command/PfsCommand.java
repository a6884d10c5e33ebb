package io.polarj.server.command;

import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.server.config.ByteSize;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.Networks;
import io.polarj.server.role.VolumeAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code polarj pfs}: looks at the files of a running cluster's volume through a read-only mount,
 * verifies its file system, and makes it larger.
 */
@Command(
    name = "pfs",
    mixinStandardHelpOptions = true,
    description = "Look at the files on a cluster's volume; verify, repair and grow it.",
    subcommands = {
      PfsCommand.Ls.class,
      PfsCommand.Cat.class,
      PfsCommand.Cp.class,
      PfsCommand.Stat.class,
      PfsCommand.Df.class,
      FsckCommand.class,
      GrowCommand.class
    })
public final class PfsCommand {
  private static final int PIECE_BYTES = 1 << 20;

  @FunctionalInterface
  private interface Body {
    void run(FileSystem files) throws IOException;
  }

  private static int mounted(DataOption data, SnapshotOption snapshot, Body body) {
    var cluster = RemoteCtrl.running(data.path());
    try (VolumeAccess access =
        VolumeAccess.snapshot(
            "tool",
            cluster,
            Networks.separate(cluster, Settings.read(data.path())),
            snapshot.number())) {
      body.run(access.fileSystem());
      return 0;
    } catch (IOException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private static void print(FileStat stat) {
    System.out.printf(
        "%s %12d %12d %s %s%n",
        stat.directory() ? "d" : "-",
        stat.size(),
        stat.allocatedBytes(),
        Instant.ofEpochMilli(stat.modifiedMillis()),
        stat.name());
  }

  private static void copy(FileSystem files, String path, OutputStream out) throws IOException {
    try (PolarFile file = files.open(path, Set.of(OpenMode.READ));
        Arena arena = Arena.ofShared()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES, 4096);
      for (long at = 0; ; ) {
        int bytes = file.read(at, piece);
        if (bytes == 0) {
          break;
        }
        out.write(piece.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
        at += bytes;
      }
      out.flush();
    }
  }

  /** Lists a directory. */
  @Command(name = "ls", mixinStandardHelpOptions = true, description = "List a directory.")
  static final class Ls implements Callable<Integer> {
    @Mixin private DataOption data;
    @Mixin private SnapshotOption snapshot;

    @Parameters(defaultValue = "/", description = "Path on the volume.")
    private String path;

    @Override
    public Integer call() {
      return mounted(data, snapshot, files -> files.readdir(path).forEach(PfsCommand::print));
    }
  }

  /** Prints a file's bytes. */
  @Command(name = "cat", mixinStandardHelpOptions = true, description = "Print a file.")
  static final class Cat implements Callable<Integer> {
    @Mixin private DataOption data;
    @Mixin private SnapshotOption snapshot;

    @Parameters(description = "Path on the volume.")
    private String path;

    @Override
    public Integer call() {
      return mounted(data, snapshot, files -> copy(files, path, System.out));
    }
  }

  /** Copies a file out of the volume. */
  @Command(
      name = "cp",
      mixinStandardHelpOptions = true,
      description = "Copy a file of the volume to a local file.")
  static final class Cp implements Callable<Integer> {
    @Mixin private DataOption data;
    @Mixin private SnapshotOption snapshot;

    @Parameters(index = "0", description = "Path on the volume.")
    private String from;

    @Parameters(index = "1", description = "Local file; it must not exist.")
    private Path to;

    @Override
    public Integer call() {
      return mounted(
          data,
          snapshot,
          files -> {
            try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
              copy(files, from, out);
            }
          });
    }
  }

  /** Shows what is known of a file. */
  @Command(name = "stat", mixinStandardHelpOptions = true, description = "Show a file's size.")
  static final class Stat implements Callable<Integer> {
    @Mixin private DataOption data;
    @Mixin private SnapshotOption snapshot;

    @Parameters(description = "Path on the volume.")
    private String path;

    @Override
    public Integer call() {
      return mounted(
          data,
          snapshot,
          files -> {
            FileStat stat = files.stat(path);
            System.out.printf(
                "path %s%ninode %x%ntype %s%nsize %d%nallocated %d%nmodified %s%n",
                path,
                stat.inode(),
                stat.directory() ? "directory" : "file",
                stat.size(),
                stat.allocatedBytes(),
                Instant.ofEpochMilli(stat.modifiedMillis()));
          });
    }
  }

  /** Shows the space of the volume. */
  @Command(name = "df", mixinStandardHelpOptions = true, description = "Show the volume's space.")
  static final class Df implements Callable<Integer> {
    @Mixin private DataOption data;
    @Mixin private SnapshotOption snapshot;

    @Override
    public Integer call() {
      return mounted(
          data,
          snapshot,
          files -> {
            SpaceStat space = files.space();
            System.out.printf(
                "size %s, free %s, %d files%n",
                ByteSize.format(space.totalBytes()),
                ByteSize.format(space.freeBytes()),
                space.files());
          });
    }
  }
}
