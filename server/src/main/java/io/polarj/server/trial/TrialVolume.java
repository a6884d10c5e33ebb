// A client's way to a volume of a storage cluster: PolarSwitch under a writer's epoch, no file
// system.
package io.polarj.server.trial;

import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.polarswitch.RouteSource;
import io.polarj.pfs.polarswitch.SwitchSettings;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The parts close in order. Any thread may use the device. */
final class TrialVolume implements AutoCloseable {
  private static final String NAME = "trial";
  private static final long PATIENCE_SECONDS = 60;
  private static final int REPLICAS = 3;

  private final ThreadLoop loop;
  private final Network network;
  private final VolumeInfo info;
  private final PolarSwitch device;
  private final AtomicBoolean deposed = new AtomicBoolean();

  private TrialVolume(StorageProcesses processes, long bytes, long chunkBytes) {
    ClusterIdentity cluster = processes.cluster();
    SecureRandom random = new SecureRandom();
    loop = ThreadLoop.start("polarswitch-" + NAME);
    network = processes.networks().forNode(loop);
    PolarCtrlClient client =
        new PolarCtrlClient(loop, network, cluster.polarCtrl(), random.nextLong() >>> 1);
    info = create(new BlockingPolarCtrl(client), bytes, chunkBytes, cluster.chunkServers());
    WriterLease lease =
        await(WriterLease.acquire(loop, client, info.id(), NAME, true, () -> deposed.set(true)));
    device =
        await(
            PolarSwitch.open(
                loop,
                network,
                RouteSource.of(client),
                info,
                lease.epoch(),
                (random.nextLong() >>> 1) | 1,
                SwitchSettings.DEFAULT));
  }

  /** Makes the volume and opens it, as soon as all ChunkServers have reported. */
  static TrialVolume create(StorageProcesses processes, long bytes, long chunkBytes) {
    return new TrialVolume(processes, bytes, chunkBytes);
  }

  private static VolumeInfo create(
      BlockingPolarCtrl ctrl, long bytes, long chunkBytes, int servers) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        long live = ctrl.status().nodes().stream().filter(node -> node.live()).count();
        if (live == servers) {
          return ctrl.createVolume(NAME, bytes, chunkBytes, REPLICAS);
        }
      } catch (CtrlException e) {
        if (e.status() == CtrlStatus.ALREADY_EXISTS || System.nanoTime() > end) {
          throw new StartException("making the volume: " + e.getMessage(), e);
        }
      } catch (IOException e) {
        throw new StartException("making the volume: " + e.getMessage(), e);
      }
      if (System.nanoTime() > end) {
        throw new StartException("not all ChunkServers have reported to PolarCtrl");
      }
      Pause.millis(50);
    }
  }

  PolarSwitch device() {
    return device;
  }

  VolumeInfo info() {
    return info;
  }

  ThreadLoop loop() {
    return loop;
  }

  /** Whether PolarCtrl made somebody else the writer: that must not happen here. */
  boolean deposed() {
    return deposed.get();
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StartException("opening the volume: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }

  @Override
  public void close() {
    device.close();
    network.close();
    loop.close();
  }
}
