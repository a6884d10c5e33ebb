package io.polarj.server.cluster;

import io.polarj.pfs.volume.fsck.FsckReport;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import io.polarj.server.role.VolumeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;

/** The volume of a stopped cluster: its storage runs in this process, its database does not. */
public final class OfflineVolume {
  private OfflineVolume() {}

  /** Verifies the volume's file system and, if told to, repairs it. */
  public static FsckReport fsck(
      Path data, ClusterIdentity cluster, Settings settings, boolean repair, boolean readData)
      throws IOException {
    ArrayDeque<AutoCloseable> running = new ArrayDeque<>();
    try {
      Networks networks = Networks.together(cluster, settings);
      running.push(PolarCtrlRole.startAlone(data, cluster, settings, networks));
      ThreadLoop loop = ThreadLoop.start("storage", settings.idleMode());
      running.push(loop);
      EmbeddedCluster.startStorage(data, cluster, settings, networks, loop).forEach(running::push);
      return VolumeCheck.offline(cluster, networks, loop, repair, readData);
    } finally {
      EmbeddedCluster.stop(running);
    }
  }
}
