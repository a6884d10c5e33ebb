package io.polarj.server.role;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.ServiceKind;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.replica.ReplicaLink;
import io.polarj.replication.replica.ReplicaNode;
import io.polarj.replication.replica.ReplicaStatus;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.sql.protocol.Listener;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A read-only database node: its own read-only mount, redo applied as the primary announces it. */
public final class ReplicaRole implements Role {
  private static final long SERVING_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final VolumeAccess access;
  private final ReplicaNode node;
  private final SqlFront front;
  private final Reporter reporter;
  private final String name;
  private final Address address;

  private ReplicaRole(
      VolumeAccess access,
      ReplicaNode node,
      SqlFront front,
      Reporter reporter,
      String name,
      Address address) {
    this.access = access;
    this.node = node;
    this.front = front;
    this.reporter = reporter;
    this.name = name;
    this.address = address;
  }

  /**
   * {@code shared}: the loop for PolarSwitch and the link to the primary, or null for one of its
   * own.
   */
  public static ReplicaRole start(
      ClusterIdentity cluster,
      Settings settings,
      Networks networks,
      ThreadLoop shared,
      int number,
      int port,
      int primaryPort) {
    String name = "replica-" + number;
    Address address = new Address(settings.text("mysql.host"), port);
    VolumeAccess access = VolumeAccess.readOnly(name, cluster, networks, shared);
    ReplicaNode node =
        ReplicaNode.start(
            access.fileSystem(),
            access.network(),
            access.loop(),
            cluster::announcer,
            new ReplicaLink.Identity(new SecureRandom().nextLong() >>> 1, name, address.toString()),
            settings.replicaEngine(),
            ReplicationSettings.defaults());
    awaitServing(name, node);
    SqlFront front =
        SqlFront.start(
            node.engine(),
            address.host() + ":" + primaryPort,
            settings,
            List.of(new Listener(address.host(), port, true)));
    long incarnation = System.currentTimeMillis();
    Reporter reporter =
        new Reporter(
            access.loop(),
            access.polarCtrl(),
            cluster.clusterId(),
            () -> info(name, access, node, address, incarnation));
    return new ReplicaRole(access, node, front, reporter, name, address);
  }

  private static void awaitServing(String name, ReplicaNode node) {
    try {
      if (!node.awaitServing(SERVING_LIMIT_NANOS)) {
        throw new StartException(
            name + " could not catch up with the primary: " + node.status().lastError());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while " + name + " was starting", e);
    }
  }

  private static ServiceInfo info(
      String name, VolumeAccess access, ReplicaNode node, Address address, long incarnation) {
    ReplicaStatus status = node.status();
    return new ServiceInfo(
        name,
        ServiceKind.REPLICA,
        incarnation,
        address,
        0,
        access.volume().id(),
        status.durableLsn(),
        status.appliedLsn(),
        status.primaryEpoch(),
        status.serving() ? "serving, lag " + status.lagMillis() + " ms" : "not serving");
  }

  @Override
  public String describe() {
    return String.format("%-20s jdbc:mysql://%s/   (read-only)", name, address);
  }

  @Override
  public void close() {
    reporter.close();
    front.close();
    node.close();
    access.close();
  }
}
