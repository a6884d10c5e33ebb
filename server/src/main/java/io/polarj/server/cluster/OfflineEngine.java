package io.polarj.server.cluster;

import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import io.polarj.server.role.VolumeAccess;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/** The database of a stopped cluster, opened in this process without any listener for clients. */
public final class OfflineEngine {
  private OfflineEngine() {}

  /** Recovers the database if it needs that, and walks it; returns the findings. */
  public static List<String> check(Path data, ClusterIdentity cluster, Settings settings) {
    ArrayDeque<AutoCloseable> running = new ArrayDeque<>();
    try {
      Networks networks = Networks.together(cluster, settings);
      running.push(PolarCtrlRole.startAlone(data, cluster, settings, networks));
      ThreadLoop loop = ThreadLoop.start("storage", settings.idleMode());
      running.push(loop);
      EmbeddedCluster.startStorage(data, cluster, settings, networks, loop).forEach(running::push);
      VolumeAccess access =
          VolumeAccess.readWrite(
              "check",
              cluster,
              networks,
              loop,
              settings.volumeBytes(),
              settings.chunkBytes(),
              () -> {});
      running.push(access);
      if (!PrimaryEngine.exists(access.fileSystem())) {
        return List.of();
      }
      PrimaryEngine engine = PrimaryEngine.open(access.fileSystem(), settings.primaryEngine());
      running.push(engine);
      engine.awaitRollbackOfLosers();
      return engine.check();
    } finally {
      EmbeddedCluster.stop(running);
    }
  }
}
