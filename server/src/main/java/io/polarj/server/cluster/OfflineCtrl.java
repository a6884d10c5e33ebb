package io.polarj.server.cluster;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.polarctrl.state.Operator;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.function.Function;

/** The control plane and the ChunkServers of a stopped cluster, run in this process for a tool. */
public final class OfflineCtrl implements AutoCloseable {
  private final ArrayDeque<AutoCloseable> running = new ArrayDeque<>();
  private PolarCtrlRole ctrl;

  private OfflineCtrl() {}

  public static OfflineCtrl start(Path data, ClusterIdentity cluster, Settings settings) {
    OfflineCtrl offline = new OfflineCtrl();
    try {
      Networks networks = Networks.together(cluster, settings);
      offline.ctrl = PolarCtrlRole.startAlone(data, cluster, settings, networks);
      offline.running.push(offline.ctrl);
      ThreadLoop loop = ThreadLoop.start("storage", settings.idleMode());
      offline.running.push(loop);
      EmbeddedCluster.startStorage(data, cluster, settings, networks, loop)
          .forEach(offline.running::push);
      return offline;
    } catch (RuntimeException e) {
      offline.close();
      throw e;
    }
  }

  public <T> T ask(Function<Operator, T> question) {
    return ctrl.ask(question);
  }

  @Override
  public void close() {
    EmbeddedCluster.stop(running);
  }
}
