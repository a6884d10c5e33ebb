package io.polarj.server.command;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.client.BlockingPolarCtrl;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.Networks;
import java.nio.file.Path;
import java.security.SecureRandom;

/** A tool's connection to the PolarCtrl of a running cluster. */
public final class RemoteCtrl implements AutoCloseable {
  private final ThreadLoop loop;
  private final Network network;
  private final BlockingPolarCtrl ctrl;
  private final ClusterIdentity cluster;

  private RemoteCtrl(ClusterIdentity cluster, Settings settings) {
    this.cluster = cluster;
    Networks networks = Networks.separate(cluster, settings);
    this.loop = ThreadLoop.start("tool");
    this.network = networks.forNode(loop);
    this.ctrl =
        new BlockingPolarCtrl(
            new PolarCtrlClient(
                loop, network, cluster.polarCtrl(), new SecureRandom().nextLong() >>> 1));
  }

  /** Connects to the cluster of a data directory; says so when none runs there. */
  static RemoteCtrl open(Path data) {
    return new RemoteCtrl(running(data), Settings.read(data));
  }

  /** The identity of the cluster that runs in the directory. */
  public static ClusterIdentity running(Path data) {
    ClusterIdentity cluster = ClusterIdentity.read(data);
    if (cluster == null) {
      throw new StartException("there is no cluster in " + data + "; `polarj up` makes one");
    }
    if (!DataDirectory.inUse(data)) {
      throw new StartException(
          "the cluster in " + data + " is not running; start it with `polarj up`");
    }
    return cluster;
  }

  BlockingPolarCtrl ctrl() {
    return ctrl;
  }

  ClusterIdentity cluster() {
    return cluster;
  }

  @Override
  public void close() {
    network.close();
    loop.close();
  }
}
