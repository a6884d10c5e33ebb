package io.polarj.server.command;

import io.polarj.pfs.volume.fsck.FsckReport;
import io.polarj.server.cluster.OfflineVolume;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.Networks;
import io.polarj.server.role.VolumeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code polarj pfs fsck}: verifies the file system of a cluster's volume, and repairs that of a
 * stopped one. Exit codes: 0 nothing found, 1 found and repaired (or not asked to), 2 something is
 * beyond repair.
 */
@Command(
    name = "fsck",
    mixinStandardHelpOptions = true,
    description = "Verify the volume's file system; --repair needs a stopped cluster.")
public final class FsckCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Option(names = "--repair", description = "Repair what can be repaired.")
  private boolean repair;

  @Option(names = "--read-data", description = "Read every block of every file, too.")
  private boolean readData;

  @Override
  public Integer call() {
    Path path = data.path();
    ClusterIdentity cluster = ClusterIdentity.read(path);
    if (cluster == null) {
      throw new StartException("there is no cluster in " + path);
    }
    try {
      return print(run(path, cluster));
    } catch (IOException e) {
      throw new StartException("fsck: " + e.getMessage(), e);
    }
  }

  private FsckReport run(Path path, ClusterIdentity cluster) throws IOException {
    if (DataDirectory.inUse(path)) {
      if (repair) {
        throw new StartException(
            "the cluster in " + path + " is running; end it with `polarj down` before a repair");
      }
      Settings settings = Settings.read(path);
      return VolumeCheck.live(cluster, Networks.separate(cluster, settings), readData);
    }
    try (DataDirectory directory = DataDirectory.open(path)) {
      return OfflineVolume.fsck(directory.path(), cluster, Settings.read(path), repair, readData);
    }
  }

  private int print(FsckReport report) {
    report.findings().forEach(finding -> System.out.println("  WRONG: " + finding));
    System.out.printf(
        "%d files, %d directories, %d of %d blocks in use, %d findings%s%n",
        report.files(),
        report.directories(),
        report.usedBlocks(),
        report.blocks(),
        report.findings().size(),
        repair && !report.clean() ? ", repaired where it says nothing else" : "");
    return report.clean() ? 0 : report.hopeless() ? 2 : 1;
  }
}
