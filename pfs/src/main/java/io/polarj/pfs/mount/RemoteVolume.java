// A volume of a running cluster, mounted in this process: a loop, a network, a PolarSwitch, the
// writer's lease if it writes, and the file system on top. A writer is admitted when nobody else
// holds the volume; the refusal names the owner. Blocks its caller; any thread.
package io.polarj.pfs.mount;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
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
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.client.BlockingPolarCtrl;
import io.polarj.polarctrl.client.CtrlException;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.CtrlCodec;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.StorageCodec;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class RemoteVolume implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteVolume.class);
  private static final long LIMIT_SECONDS = 60;
  private static final int HOST = 1;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String name;
  private final ThreadLoop loop;
  private final Network network;
  private final PolarCtrlClient client;
  private WriterLease lease;
  private PolarSwitch device;
  private PfsVolume mounted;

  private RemoteVolume(String name, ClusterAddress cluster, Function<EventLoop, Network> networks) {
    this.name = name;
    this.loop = ThreadLoop.start("volume-" + name);
    this.network = networks.apply(loop);
    this.client = new PolarCtrlClient(loop, network, cluster.polarCtrl(), RANDOM.nextLong() >>> 1);
  }

  /** The network to clusters that speak TCP. */
  public static Function<EventLoop, Network> tcp(ClusterAddress cluster) {
    return loop ->
        new TcpNetwork(
            loop,
            new CodecRegistry(new StorageCodec(), new CtrlCodec()),
            TcpSettings.forCluster(cluster.clusterId()));
  }

  @FunctionalInterface
  private interface Step {
    void on(RemoteVolume volume) throws IOException;
  }

  private static RemoteVolume open(
      String name, ClusterAddress cluster, Function<EventLoop, Network> networks, Step step)
      throws IOException {
    RemoteVolume volume = new RemoteVolume(name, cluster, networks);
    try {
      step.on(volume);
      return volume;
    } catch (IOException | RuntimeException e) {
      try (volume) {
        throw e;
      }
    }
  }

  /**
   * The volume's blocks for reading, whatever stands on them; nothing is mounted. {@code snapshot}:
   * as they were then, 0 for now.
   */
  public static RemoteVolume device(
      String name, ClusterAddress cluster, Function<EventLoop, Network> networks, int snapshot)
      throws IOException {
    return open(name, cluster, networks, volume -> volume.openForReading(snapshot));
  }

  /** Mounts the volume for reading; it follows the writer. */
  public static RemoteVolume readOnly(
      String name, ClusterAddress cluster, Function<EventLoop, Network> networks)
      throws IOException {
    return snapshot(name, cluster, networks, 0);
  }

  /** What a snapshot of the volume shows, or the volume as it is when that is 0. */
  public static RemoteVolume snapshot(
      String name, ClusterAddress cluster, Function<EventLoop, Network> networks, int snapshot)
      throws IOException {
    return open(name, cluster, networks, volume -> volume.mountReadOnly(snapshot));
  }

  /**
   * Mounts the volume for reading and writing, as {@code owner}. EBUSY names the one who holds it;
   * {@code takeOver} takes it off him, and his writes are refused from then on.
   */
  public static RemoteVolume readWrite(
      String name,
      ClusterAddress cluster,
      Function<EventLoop, Network> networks,
      String owner,
      boolean takeOver)
      throws IOException {
    return open(name, cluster, networks, volume -> volume.mountReadWrite(owner, takeOver));
  }

  /**
   * Makes a volume with an empty file system on it. A volume that is there but bears no file system
   * is formatted; one that bears one is refused with EEXIST.
   */
  public static void make(
      String name,
      ClusterAddress cluster,
      Function<EventLoop, Network> networks,
      String owner,
      NewVolume size)
      throws IOException {
    try (RemoteVolume volume = open(name, cluster, networks, made -> made.create(owner, size))) {
      LOG.info("volume {} is made and formatted", volume.name);
    }
  }

  /** What a new volume is like. */
  public record NewVolume(long bytes, long chunkBytes, int replicas) {}

  private void mountReadOnly(int snapshot) throws IOException {
    openForReading(snapshot);
    mustBeFormatted();
    mounted = PfsVolume.mountReadOnly(device, SystemClock.INSTANCE);
  }

  private void openForReading(int snapshot) throws IOException {
    VolumeInfo info = find();
    RouteSource routes = RouteSource.of(client);
    long id = (RANDOM.nextLong() >>> 1) | 1;
    device =
        await(
            "opening",
            snapshot == 0
                ? PolarSwitch.openReadOnly(loop, network, routes, info, id, SwitchSettings.DEFAULT)
                : PolarSwitch.openSnapshot(
                    loop, network, routes, info, snapshot, id, SwitchSettings.DEFAULT));
  }

  private void mountReadWrite(String owner, boolean takeOver) throws IOException {
    VolumeInfo info = openForWriting(find(), owner, takeOver);
    mustBeFormatted();
    // the epoch was granted to this process alone: nobody's older lease is waited for
    VolumeLock lock =
        VolumeLocks.acquire(
            device,
            loop,
            PolarCtrlFence.granted(loop, client, device, info, owner, lease, this::lost),
            LockRequest.withNewEpoch(new HostIdentity(HOST, owner), LockSettings.DEFAULT),
            new RandomStream(RANDOM.nextLong()));
    mounted = PfsVolume.mountReadWrite(device, lock, SystemClock.INSTANCE);
  }

  private void create(String owner, NewVolume size) throws IOException {
    BlockingPolarCtrl ctrl = new BlockingPolarCtrl(client);
    VolumeInfo info;
    try {
      info = ctrl.createVolume(name, size.bytes(), size.chunkBytes(), size.replicas());
    } catch (CtrlException e) {
      Errno errno =
          switch (e.status()) {
            case ALREADY_EXISTS -> Errno.EEXIST;
            case INVALID -> Errno.EINVAL;
            case NOT_ENOUGH_NODES -> Errno.ENOSPC;
            default -> Errno.EIO;
          };
      throw new PfsException(errno, "volume " + name + ": " + e.getMessage(), e);
    }
    openForWriting(info, owner, false);
    if (Mkfs.formatted(device)) {
      throw new PfsException(Errno.EEXIST, "volume " + name + " bears a file system already");
    }
    Mkfs.run(
        device,
        MkfsOptions.forVolume(info.sizeBytes()),
        RANDOM.nextLong(),
        SystemClock.INSTANCE.wallMillis());
  }

  private VolumeInfo find() throws IOException {
    try {
      return new BlockingPolarCtrl(client).findVolume(name);
    } catch (CtrlException e) {
      Errno errno = e.status() == CtrlStatus.NOT_FOUND ? Errno.ENOENT : Errno.EIO;
      throw new PfsException(errno, "volume " + name + ": " + e.getMessage(), e);
    }
  }

  private VolumeInfo openForWriting(VolumeInfo info, String owner, boolean takeOver)
      throws IOException {
    lease =
        await(
            "mounting for writing",
            WriterLease.acquire(loop, client, info.id(), owner, takeOver, this::lost));
    device =
        await(
            "opening",
            PolarSwitch.open(
                loop,
                network,
                RouteSource.of(client),
                info,
                lease.epoch(),
                (RANDOM.nextLong() >>> 1) | 1,
                SwitchSettings.DEFAULT));
    return info;
  }

  private void mustBeFormatted() throws IOException {
    if (!Mkfs.formatted(device)) {
      throw new PfsException(
          Errno.EINVAL,
          "volume " + name + " bears no file system; make one with `polarj pfs mkfs`");
    }
  }

  private void lost() {
    LOG.warn("volume {} was taken by another writer; writes through this mount fail", name);
  }

  private <T> T await(String what, CompletableFuture<T> future) throws IOException {
    try {
      return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      boolean busy =
          cause instanceof CtrlException refused && refused.status() == CtrlStatus.WRITER_BUSY;
      throw new PfsException(
          busy ? Errno.EBUSY : cause instanceof PfsException known ? known.errno() : Errno.EIO,
          what + " volume " + name + ": " + cause.getMessage(),
          cause);
    } catch (TimeoutException e) {
      throw new PfsException(
          Errno.EIO, what + " volume " + name + ": no answer in " + LIMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PfsException(Errno.EIO, what + " volume " + name + ": interrupted", e);
    }
  }

  public PfsVolume fileSystem() {
    return mounted;
  }

  public PolarSwitch device() {
    return device;
  }

  /** Unmounts, and gives the volume back. */
  @Override
  public void close() throws IOException {
    try {
      if (mounted != null) {
        mounted.close();
      } else if (device != null) {
        device.close();
      }
      if (lease != null) {
        await("giving back", lease.release());
      }
    } finally {
      network.close();
      loop.close();
    }
  }
}
