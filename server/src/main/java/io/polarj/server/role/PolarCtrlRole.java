package io.polarj.server.role;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.JdbcCtrlStore;
import io.polarj.polarctrl.state.StoreException;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.StartException;
import java.nio.file.Path;
import java.time.Duration;

/** The control plane on a loop of its own, because its store makes it wait. */
public final class PolarCtrlRole implements Role {
  private final ThreadLoop loop;
  private final Network network;
  private final JdbcCtrlStore store;
  private final PolarCtrlServer server;
  private final ClusterIdentity cluster;

  private PolarCtrlRole(
      ThreadLoop loop,
      Network network,
      JdbcCtrlStore store,
      PolarCtrlServer server,
      ClusterIdentity cluster) {
    this.loop = loop;
    this.network = network;
    this.store = store;
    this.server = server;
    this.cluster = cluster;
  }

  public static PolarCtrlRole start(
      Path dataDirectory, ClusterIdentity cluster, Networks networks) {
    ThreadLoop loop = ThreadLoop.start("polarctrl");
    JdbcCtrlStore store;
    try {
      store = JdbcCtrlStore.openDirectory(dataDirectory.resolve("polarctrl"), cluster.clusterId());
    } catch (StoreException e) {
      loop.close();
      throw new StartException("polarctrl: " + e.getMessage(), e);
    }
    Network network = networks.forNode(loop);
    PolarCtrlServer server =
        Await.done(
            "polarctrl at " + cluster.polarCtrl(),
            PolarCtrlServer.start(
                loop,
                network,
                cluster.polarCtrl(),
                store,
                CtrlSettings.forCluster(cluster.clusterId())),
            Duration.ofSeconds(30));
    return new PolarCtrlRole(loop, network, store, server, cluster);
  }

  @Override
  public String describe() {
    return "polarctrl            " + cluster.polarCtrl();
  }

  @Override
  public void close() {
    server.close();
    network.close();
    loop.close();
    store.close();
  }
}
