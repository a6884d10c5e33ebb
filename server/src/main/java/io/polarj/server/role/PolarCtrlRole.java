package io.polarj.server.role;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.admin.AdminServer;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.JdbcCtrlStore;
import io.polarj.polarctrl.state.Operator;
import io.polarj.polarctrl.state.StoreException;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane on a loop of its own, because its store makes it wait, and its admin API. */
public final class PolarCtrlRole implements Role {
  private static final Logger LOG = LoggerFactory.getLogger(PolarCtrlRole.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final ClusterIdentity cluster;
  private final ArrayDeque<AutoCloseable> running = new ArrayDeque<>();
  private PolarCtrlServer server;
  private String api = "";

  private PolarCtrlRole(ClusterIdentity cluster) {
    this.cluster = cluster;
  }

  /** With its admin API, unless the settings have it off. */
  public static PolarCtrlRole start(
      Path dataDirectory, ClusterIdentity cluster, Settings settings, Networks networks) {
    return start(dataDirectory, cluster, settings, networks, settings.adminApi());
  }

  /** Without its admin API, for tools that run a cluster for a moment. */
  public static PolarCtrlRole startAlone(
      Path dataDirectory, ClusterIdentity cluster, Settings settings, Networks networks) {
    return start(dataDirectory, cluster, settings, networks, false);
  }

  private static PolarCtrlRole start(
      Path dataDirectory,
      ClusterIdentity cluster,
      Settings settings,
      Networks networks,
      boolean withApi) {
    PolarCtrlRole role = new PolarCtrlRole(cluster);
    try {
      role.run(dataDirectory, settings, networks);
      if (withApi) {
        role.listen(settings.text("ctrl.http.host"));
      }
      return role;
    } catch (RuntimeException e) {
      role.close();
      throw e;
    }
  }

  private void run(Path dataDirectory, Settings settings, Networks networks) {
    String url = settings.text("ctrl.database");
    JdbcCtrlStore store;
    try {
      store =
          url.isEmpty()
              ? JdbcCtrlStore.openDirectory(dataDirectory.resolve("polarctrl"), cluster.clusterId())
              : JdbcCtrlStore.open(url, cluster.clusterId());
    } catch (StoreException | IllegalStateException e) {
      throw new StartException("polarctrl: " + e.getMessage(), e);
    }
    running.push(store);
    ThreadLoop loop = ThreadLoop.start("polarctrl");
    running.push(loop);
    Network network = networks.forNode(loop);
    running.push(network::close);
    server =
        Await.done(
            "polarctrl at " + cluster.polarCtrl(),
            PolarCtrlServer.start(
                loop,
                network,
                cluster.polarCtrl(),
                store,
                CtrlSettings.forCluster(cluster.clusterId()).withMoves(settings.moves())),
            PATIENCE);
    running.push(server);
  }

  private void listen(String host) {
    InetSocketAddress address = new InetSocketAddress(host, cluster.adminPort());
    try {
      running.push(AdminServer.start(server, address));
      api = ", admin http://" + host + ":" + cluster.adminPort();
    } catch (IOException e) {
      throw new StartException(
          "polarctrl: the admin API can't listen at "
              + address
              + " ("
              + e.getMessage()
              + "); see the setting ctrl.http.host",
          e);
    }
  }

  /** What an operator asks, answered by the control plane in this process. */
  public <T> T ask(Function<Operator, T> question) {
    return Await.done("polarctrl", server.ask(question), PATIENCE);
  }

  @Override
  public String describe() {
    return "polarctrl            " + cluster.polarCtrl() + api;
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      AutoCloseable next = running.pop();
      try {
        next.close();
      } catch (Exception e) {
        LOG.error("stopping {} of polarctrl", next.getClass().getSimpleName(), e);
      }
    }
  }
}
