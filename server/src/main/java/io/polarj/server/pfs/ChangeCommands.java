// The tools that change a volume: they become its writer for as long as they run.
package io.polarj.server.pfs;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.mount.RemoteVolume;
import io.polarj.server.config.ByteSize;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

final class ChangeCommands {
  private ChangeCommands() {}

  /** Makes a volume. */
  @Command(
      name = "mkfs",
      mixinStandardHelpOptions = true,
      description = "Make a volume with an empty file system: --volume NAME --size 1G.")
  static final class Mkfs implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Option(names = "--size", required = true, paramLabel = "SIZE", description = "As 512M or 4G.")
    private String size;

    @Option(
        names = "--chunk-size",
        paramLabel = "SIZE",
        defaultValue = "64M",
        description = "What it is cut into (default: ${DEFAULT-VALUE}); the size is a multiple.")
    private String chunkSize;

    @Option(
        names = "--replicas",
        defaultValue = "3",
        description = "Copies of every chunk (default: ${DEFAULT-VALUE}).")
    private int replicas;

    @Override
    public Integer call() {
      if (target.volume().equals(ClusterIdentity.VOLUME)) {
        throw new StartException(
            "mkfs: volume "
                + ClusterIdentity.VOLUME
                + " is the database's and made by it; name another one with --volume");
      }
      return target.make(new RemoteVolume.NewVolume(bytes(size), bytes(chunkSize), replicas));
    }

    private static long bytes(String text) {
      try {
        return ByteSize.parse(text);
      } catch (IllegalArgumentException e) {
        throw new StartException("mkfs: " + e.getMessage(), e);
      }
    }
  }

  /** Makes directories. */
  @Command(name = "mkdir", mixinStandardHelpOptions = true, description = "Make directories.")
  static final class Mkdir implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Option(names = "-p", description = "Also those above it; no error if it is there.")
    private boolean parents;

    @Parameters(arity = "1..*", description = "Paths on the volume.")
    private List<String> paths;

    @Override
    public Integer call() {
      return target.writing(files -> {
        for (String path : paths) {
          if (parents) {
            makeAll(files, path);
          } else {
            files.mkdir(path);
          }
        }
      });
    }

    private static void makeAll(FileSystem files, String path) throws IOException {
      for (int end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
        String part = end < 0 ? path : path.substring(0, end);
        if (!files.exists(part)) {
          files.mkdir(part);
        } else if (!files.stat(part).directory()) {
          throw new PfsException(Errno.ENOTDIR, part);
        }
        if (end < 0) {
          return;
        }
      }
    }
  }

  /** Removes files. */
  @Command(name = "rm", mixinStandardHelpOptions = true, description = "Remove files.")
  static final class Rm implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Option(names = "-r", description = "Directories with all that is in them.")
    private boolean recursive;

    @Option(names = "-f", description = "No error for what is not there.")
    private boolean force;

    @Parameters(arity = "1..*", description = "Paths on the volume.")
    private List<String> paths;

    @Override
    public Integer call() {
      return target.writing(files -> {
        for (String path : paths) {
          if (!force || files.exists(path)) {
            remove(files, path, files.stat(path).directory());
          }
        }
      });
    }

    private void remove(FileSystem files, String path, boolean directory) throws IOException {
      if (!directory) {
        files.unlink(path);
        return;
      }
      if (!recursive) {
        throw new PfsException(Errno.EISDIR, path);
      }
      for (FileStat entry : files.readdir(path)) {
        remove(files, LookCommands.child(path, entry.name()), entry.directory());
      }
      files.rmdir(path);
    }
  }

  /** Renames a file. */
  @Command(
      name = "mv",
      mixinStandardHelpOptions = true,
      description = "Rename a file or directory; an existing file is replaced in one step.")
  static final class Mv implements Callable<Integer> {
    @Mixin private PfsTarget target;

    @Parameters(index = "0", description = "Path on the volume.")
    private String from;

    @Parameters(index = "1", description = "Its new path; a directory keeps the name.")
    private String to;

    @Override
    public Integer call() {
      return target.writing(files -> {
        boolean into = files.exists(to) && files.stat(to).directory();
        String name = from.substring(from.lastIndexOf('/') + 1);
        files.rename(from, into ? LookCommands.child(to, name) : to);
      });
    }
  }
}
