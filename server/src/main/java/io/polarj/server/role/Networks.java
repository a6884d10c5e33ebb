package io.polarj.server.role;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.polarctrl.protocol.CtrlCodec;
import io.polarj.replication.protocol.ReplicationCodec;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.RaftCodec;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the network of each node: TCP alone, or with direct calls among the nodes of this process.
 */
public final class Networks {
  private final ClusterIdentity cluster;
  private final InProcessHub hub;
  private final Set<Address> members = new TreeSet<>();

  private Networks(ClusterIdentity cluster, InProcessHub hub) {
    this.cluster = cluster;
    this.hub = hub;
  }

  /** For a process with one role. */
  public static Networks separate(ClusterIdentity cluster) {
    return new Networks(cluster, null);
  }

  /** For a process with all roles. */
  public static Networks together(ClusterIdentity cluster) {
    Networks networks = new Networks(cluster, new InProcessHub());
    networks.members.add(cluster.polarCtrl());
    networks.members.add(cluster.announcer());
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      networks.members.add(cluster.chunkServer(node));
    }
    return networks;
  }

  public Network forNode(EventLoop loop) {
    TcpNetwork tcp = new TcpNetwork(loop, codecs(), TcpSettings.forCluster(cluster.clusterId()));
    return hub == null ? tcp : new NodeNetwork(hub, loop, tcp, members);
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
