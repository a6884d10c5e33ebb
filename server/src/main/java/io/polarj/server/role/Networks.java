package io.polarj.server.role;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.platform.net.rdma.RdmaNetwork;
import io.polarj.platform.net.rdma.RdmaProbe;
import io.polarj.platform.net.rdma.RdmaSettings;
import io.polarj.platform.net.rdma.RdmaUnavailableException;
import io.polarj.polarctrl.protocol.CtrlCodec;
import io.polarj.replication.protocol.ReplicationCodec;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.config.Transport;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.RaftCodec;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the network of each node: TCP or RDMA alone, or with direct calls among the nodes of this
 * process. RDMA is refused at once where it cannot be had.
 */
public final class Networks {
  private final ClusterIdentity cluster;
  private final Settings settings;
  private final InProcessHub hub;
  private final Set<Address> members = new TreeSet<>();

  private Networks(ClusterIdentity cluster, Settings settings, InProcessHub hub) {
    if (settings.transport() == Transport.RDMA) {
      RdmaProbe.missing()
          .ifPresent(missing -> {
            throw new StartException(new RdmaUnavailableException(missing).getMessage());
          });
    }
    this.cluster = cluster;
    this.settings = settings;
    this.hub = hub;
  }

  /** For a process with one role. */
  public static Networks separate(ClusterIdentity cluster, Settings settings) {
    return new Networks(cluster, settings, null);
  }

  /** For a process with all roles. */
  public static Networks together(ClusterIdentity cluster, Settings settings) {
    Networks networks = new Networks(cluster, settings, new InProcessHub());
    networks.members.add(cluster.polarCtrl());
    networks.members.add(cluster.announcer());
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      networks.members.add(cluster.chunkServer(node));
    }
    return networks;
  }

  public Network forNode(EventLoop loop) {
    Network outside =
        switch (settings.transport()) {
          case TCP -> new TcpNetwork(loop, codecs(), tcpSettings());
          case RDMA -> rdma(loop);
        };
    return hub == null ? outside : new NodeNetwork(hub, loop, outside, members);
  }

  private TcpSettings tcpSettings() {
    return TcpSettings.forCluster(cluster.clusterId())
        .withConnections(settings.connectionsPerPeer());
  }

  private Network rdma(EventLoop loop) {
    try {
      return RdmaNetwork.open(
          loop, codecs(), RdmaSettings.forCluster(cluster.clusterId()), settings.idleMode());
    } catch (RdmaUnavailableException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private static CodecRegistry codecs() {
    return new CodecRegistry(
        new StorageCodec(),
        new RaftCodec(),
        new PeerCodec(),
        new CtrlCodec(),
        new ReplicationCodec());
  }
}
