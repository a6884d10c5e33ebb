package io.polarj.server.role;

import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.ServiceKind;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.primary.PrimaryReplication;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.sql.protocol.Listener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The read-write database node. */
public final class PrimaryRole implements Role {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryRole.class);

  private final VolumeAccess access;
  private final PrimaryEngine engine;
  private final PrimaryReplication replication;
  private final SqlFront front;
  private final Reporter reporter;
  private final Address address;
  private final int readOnlyPort;

  private PrimaryRole(
      VolumeAccess access,
      PrimaryEngine engine,
      PrimaryReplication replication,
      SqlFront front,
      Reporter reporter,
      Address address,
      int readOnlyPort) {
    this.access = access;
    this.engine = engine;
    this.replication = replication;
    this.front = front;
    this.reporter = reporter;
    this.address = address;
    this.readOnlyPort = readOnlyPort;
  }

  /**
   * {@code shared}: the loop for PolarSwitch, or null for one of its own. {@code replicasMayLive}:
   * replicas of an earlier primary may still run, in processes of their own, and are waited for
   * until their leases end.
   */
  public static PrimaryRole start(
      ClusterIdentity cluster,
      Settings settings,
      Networks networks,
      ThreadLoop shared,
      int port,
      int readOnlyPort,
      boolean replicasMayLive) {
    VolumeAccess access =
        VolumeAccess.readWrite(
            "primary",
            cluster,
            networks,
            shared,
            settings.volumeBytes(),
            settings.chunkBytes(),
            () -> LOG.error("another node became the writer: this primary can't write any more"));
    Address address = new Address(settings.text("mysql.host"), port);
    boolean fresh = !PrimaryEngine.exists(access.fileSystem());
    PrimaryEngine engine = openEngine(access, settings, fresh);
    PrimaryReplication replication =
        PrimaryReplication.start(
            engine,
            access.network(),
            access.loop(),
            cluster.announcer(),
            address.toString(),
            !fresh && replicasMayLive,
            ReplicationSettings.defaults());
    SqlFront front =
        SqlFront.start(
            engine,
            address.toString(),
            settings,
            List.of(
                new Listener(address.host(), port, false),
                new Listener(address.host(), readOnlyPort, true)));
    long incarnation = System.currentTimeMillis();
    Reporter reporter =
        new Reporter(
            access.loop(),
            access.polarCtrl(),
            cluster.clusterId(),
            () -> info(cluster, access, engine, address, incarnation));
    return new PrimaryRole(access, engine, replication, front, reporter, address, readOnlyPort);
  }

  private static PrimaryEngine openEngine(VolumeAccess access, Settings settings, boolean fresh) {
    try {
      return fresh
          ? PrimaryEngine.create(access.fileSystem(), settings.primaryEngine())
          : PrimaryEngine.openHeld(access.fileSystem(), settings.primaryEngine());
    } catch (EngineException e) {
      throw new StartException("the database can't be opened: " + e.getMessage(), e);
    }
  }

  private static ServiceInfo info(
      ClusterIdentity cluster,
      VolumeAccess access,
      PrimaryEngine engine,
      Address address,
      long incarnation) {
    EngineStatus status = engine.status();
    return new ServiceInfo(
        "primary",
        ServiceKind.PRIMARY,
        incarnation,
        address,
        cluster.announcer().port(),
        access.volume().id(),
        status.durableLsn(),
        status.newestLsn(),
        access.epoch(),
        "running");
  }

  public PrimaryEngine engine() {
    return engine;
  }

  @Override
  public String describe() {
    return "primary              jdbc:mysql://"
        + address
        + "/   read-only: jdbc:mysql://"
        + address.host()
        + ":"
        + readOnlyPort
        + "/";
  }

  @Override
  public void close() {
    reporter.close();
    front.close();
    engine.close();
    replication.close();
    access.close();
  }
}
