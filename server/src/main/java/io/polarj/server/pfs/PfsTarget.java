// Which volume a tool works on, and how it gets at its files. Reading tools mount it read-only
// beside its writer; writing ones become its writer, or are told who is.
package io.polarj.server.pfs;

import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.mount.ClusterAddress;
import io.polarj.pfs.mount.RemoteVolume;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Network;
import io.polarj.server.command.RemoteCtrl;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.Networks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

final class PfsTarget {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec tool;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "polarj-data",
      description = "The cluster's data directory (default: ./polarj-data).")
  private Path data;

  @Option(
      names = "--volume",
      paramLabel = "NAME",
      defaultValue = ClusterIdentity.VOLUME,
      description = "The volume (default: ${DEFAULT-VALUE}, the database's).")
  private String volume;

  @Option(
      names = "--snapshot",
      paramLabel = "N",
      defaultValue = "0",
      description = "Look at this snapshot of the volume (see `polarj ctl snapshot list`).")
  private int snapshot;

  @FunctionalInterface
  interface Body<T> {
    void on(T opened) throws IOException;
  }

  String volume() {
    return volume;
  }

  /** The name that others are told while a tool holds a volume. */
  private static String owner() {
    return "pfs tool, process " + ProcessHandle.current().pid();
  }

  @FunctionalInterface
  interface Opener {
    RemoteVolume open(ClusterAddress cluster, Function<EventLoop, Network> networks)
        throws IOException;
  }

  private int with(Opener opener, Body<RemoteVolume> body) {
    try (RemoteVolume opened = reach(opener)) {
      body.on(opened);
      return 0;
    } catch (IOException e) {
      throw refused(e);
    }
  }

  private RemoteVolume reach(Opener opener) throws IOException {
    Path directory = data.toAbsolutePath().normalize();
    ClusterIdentity cluster = RemoteCtrl.running(directory);
    Networks networks = Networks.separate(cluster, Settings.read(directory));
    return opener.open(
        new ClusterAddress(cluster.clusterId(), cluster.polarCtrl()), networks::forNode);
  }

  int reading(Body<PfsVolume> body) {
    return with(
        (cluster, networks) -> RemoteVolume.snapshot(volume, cluster, networks, snapshot),
        opened -> body.on(opened.fileSystem()));
  }

  int writing(Body<PfsVolume> body) {
    if (snapshot != 0) {
      throw new StartException(tool.name() + ": snapshot " + snapshot + ": Read-only file system");
    }
    return with(
        (cluster, networks) -> RemoteVolume.readWrite(volume, cluster, networks, owner(), false),
        opened -> body.on(opened.fileSystem()));
  }

  int device(Body<RemoteVolume> body) {
    return with(
        (cluster, networks) -> RemoteVolume.device(volume, cluster, networks, snapshot), body);
  }

  int make(RemoteVolume.NewVolume size) {
    return with(
        (cluster, networks) -> {
          RemoteVolume.make(volume, cluster, networks, owner(), size);
          return RemoteVolume.readOnly(volume, cluster, networks);
        },
        opened -> System.out.println(volume + ": " + opened.fileSystem().space()));
  }

  /** The tool, what it was about, and the POSIX error in words. */
  StartException refused(IOException error) {
    String text =
        switch (error) {
          case PfsException e -> words(e);
          case FileSystemException e -> e.getFile() + ": " + reason(e);
          default -> String.valueOf(error.getMessage());
        };
    return new StartException(tool.name() + ": " + text, error);
  }

  private static String reason(FileSystemException error) {
    return error.getReason() == null ? error.getClass().getSimpleName() : error.getReason();
  }

  private static String words(PfsException error) {
    String text =
        switch (error.errno()) {
          case ENOENT -> "No such file or directory";
          case EEXIST -> "File exists";
          case EISDIR -> "Is a directory";
          case ENOTDIR -> "Not a directory";
          case ENOTEMPTY -> "Directory not empty";
          case EBUSY -> "Device or resource busy";
          case ENOSPC -> "No space left on device";
          case EROFS -> "Read-only file system";
          case EINVAL -> "Invalid argument";
          case ENAMETOOLONG -> "File name too long";
          default -> error.errno().toString();
        };
    return error.reason() + ": " + text;
  }
}
