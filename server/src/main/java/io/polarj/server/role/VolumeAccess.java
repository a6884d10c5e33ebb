package io.polarj.server.role;

import io.polarj.pfs.polarswitch.PolarCtrlFence;
import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.polarswitch.RouteSource;
import io.polarj.pfs.polarswitch.SwitchSettings;
import io.polarj.pfs.volume.Mkfs;
import io.polarj.pfs.volume.MkfsOptions;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.pfs.volume.VolumeLocks;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.client.BlockingPolarCtrl;
import io.polarj.polarctrl.client.CtrlException;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * A node's way to the shared volume: PolarSwitch on a loop, the writer's lease if it is the writer,
 * and the mount. The parts close in order.
 */
public final class VolumeAccess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** The host id of a cluster's primary in the lock of its volume. */
  private static final int WRITER_HOST = 1;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ThreadLoop loop;
  private final boolean ownsLoop;
  private final Network network;
  private final PolarCtrlClient client;
  private final VolumeInfo volume;
  private final WriterLease lease;
  private final PfsVolume mount;

  private VolumeAccess(
      ThreadLoop loop,
      boolean ownsLoop,
      Network network,
      PolarCtrlClient client,
      VolumeInfo volume,
      WriterLease lease,
      PfsVolume mount) {
    this.loop = loop;
    this.ownsLoop = ownsLoop;
    this.network = network;
    this.client = client;
    this.volume = volume;
    this.lease = lease;
    this.mount = mount;
  }

  /** The cluster's volume mounted for reading alone. */
  public static VolumeAccess readOnly(
      String name, ClusterIdentity cluster, Networks networks, ThreadLoop shared) {
    return open(name, cluster, networks, shared, false, 0, 0, 0, () -> {});
  }

  /**
   * The volume mounted read-write under a new epoch, made (and formatted) if there is none yet.
   * {@code onLost}: somebody else became the writer.
   */
  public static VolumeAccess readWrite(
      String name,
      ClusterIdentity cluster,
      Networks networks,
      ThreadLoop shared,
      long volumeBytes,
      long chunkBytes,
      Runnable onLost) {
    return open(name, cluster, networks, shared, true, volumeBytes, chunkBytes, 0, onLost);
  }

  private static VolumeAccess open(
      String name,
      ClusterIdentity cluster,
      Networks networks,
      ThreadLoop shared,
      boolean writer,
      long volumeBytes,
      long chunkBytes,
      int snapshot,
      Runnable onLost) {
    ThreadLoop loop = shared == null ? ThreadLoop.start("polarswitch-" + name) : shared;
    Network network = networks.forNode(loop);
    PolarCtrlClient client =
        new PolarCtrlClient(loop, network, cluster.polarCtrl(), RANDOM.nextLong() >>> 1);
    VolumeInfo volume = findOrCreate(client, writer, volumeBytes, chunkBytes);
    WriterLease lease = null;
    if (writer) {
      lease =
          Await.done(
              "becoming the writer of volume " + volume.name(),
              WriterLease.acquire(loop, client, volume.id(), name, true, onLost),
              LIMIT);
    }
    PolarSwitch device = openSwitch(loop, network, client, volume, lease, snapshot);
    try {
      if (writer && !Mkfs.formatted(device)) {
        Mkfs.run(
            device,
            MkfsOptions.forVolume(volume.sizeBytes()),
            RANDOM.nextLong(),
            SystemClock.INSTANCE.wallMillis());
      }
      PfsVolume mount =
          writer
              ? mountReadWrite(name, loop, client, volume, device, lease, onLost)
              : PfsVolume.mountReadOnly(device, SystemClock.INSTANCE);
      return new VolumeAccess(loop, shared == null, network, client, volume, lease, mount);
    } catch (IOException e) {
      throw new StartException("mounting volume " + volume.name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The epoch was granted to this process alone, so whoever held the volume's lock under an older
   * one can not write any more, and the lease that it may have left is not waited for.
   */
  private static PfsVolume mountReadWrite(
      String name,
      ThreadLoop loop,
      PolarCtrlClient client,
      VolumeInfo volume,
      PolarSwitch device,
      WriterLease lease,
      Runnable onLost)
      throws IOException {
    VolumeLock lock =
        VolumeLocks.acquire(
            device,
            loop,
            PolarCtrlFence.granted(loop, client, device, volume, name, lease, onLost),
            LockRequest.withNewEpoch(new HostIdentity(WRITER_HOST, name), LockSettings.DEFAULT),
            new RandomStream(RANDOM.nextLong()));
    return PfsVolume.mountReadWrite(device, lock, SystemClock.INSTANCE);
  }

  static PolarSwitch openSwitch(
      ThreadLoop loop,
      Network network,
      PolarCtrlClient client,
      VolumeInfo volume,
      WriterLease lease,
      int snapshot) {
    long clientId = (RANDOM.nextLong() >>> 1) | 1;
    if (snapshot != 0) {
      return Await.done(
          "opening snapshot " + snapshot + " of volume " + volume.name(),
          PolarSwitch.openSnapshot(
              loop,
              network,
              RouteSource.of(client),
              volume,
              snapshot,
              clientId,
              SwitchSettings.DEFAULT),
          LIMIT);
    }
    return Await.done(
        "opening volume " + volume.name(),
        lease == null
            ? PolarSwitch.openReadOnly(
                loop, network, RouteSource.of(client), volume, clientId, SwitchSettings.DEFAULT)
            : PolarSwitch.open(
                loop,
                network,
                RouteSource.of(client),
                volume,
                lease.epoch(),
                clientId,
                SwitchSettings.DEFAULT),
        LIMIT);
  }

  /** The cluster's volume, which is there. */
  static VolumeInfo find(PolarCtrlClient client) {
    return findOrCreate(client, false, 0, 0);
  }

  private static VolumeInfo findOrCreate(
      PolarCtrlClient client, boolean create, long volumeBytes, long chunkBytes) {
    BlockingPolarCtrl blocking = new BlockingPolarCtrl(client);
    try {
      return blocking.findVolume(ClusterIdentity.VOLUME);
    } catch (CtrlException e) {
      if (e.status() != CtrlStatus.NOT_FOUND || !create) {
        throw new StartException("volume " + ClusterIdentity.VOLUME + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new StartException("polarctrl does not answer: " + e.getMessage(), e);
    }
    try {
      return blocking.createVolume(ClusterIdentity.VOLUME, volumeBytes, chunkBytes, 3);
    } catch (IOException e) {
      throw new StartException("making the volume: " + e.getMessage(), e);
    }
  }

  public PfsVolume fileSystem() {
    return mount;
  }

  public ThreadLoop loop() {
    return loop;
  }

  public Network network() {
    return network;
  }

  public PolarCtrlClient polarCtrl() {
    return client;
  }

  public VolumeInfo volume() {
    return volume;
  }

  /** The writer's epoch; 0 for a read-only mount. */
  public long epoch() {
    return lease == null ? 0 : lease.epoch();
  }

  @Override
  public void close() {
    try {
      mount.close();
    } catch (IOException e) {
      throw new StartException("unmounting: " + e.getMessage(), e);
    } finally {
      if (lease != null) {
        Await.done("giving the volume back", lease.release(), Duration.ofSeconds(15));
      }
      network.close();
      if (ownsLoop) {
        loop.close();
      }
    }
  }
}
