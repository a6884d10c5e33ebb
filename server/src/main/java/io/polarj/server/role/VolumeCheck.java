package io.polarj.server.role;

import io.polarj.pfs.polarswitch.PolarCtrlFence;
import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.volume.VolumeLocks;
import io.polarj.pfs.volume.fsck.Fsck;
import io.polarj.pfs.volume.fsck.FsckReport;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.server.config.ClusterIdentity;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Fsck of a cluster's volume, which is not mounted for it. */
public final class VolumeCheck {
  private static final int LIVE_LOOKS = 4;
  private static final int HOST = 32;
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final SecureRandom RANDOM = new SecureRandom();

  private VolumeCheck() {}

  /**
   * Looks at a volume that its owner may be writing: what only one of several looks in a row finds
   * is an owner at work, not damage.
   */
  public static FsckReport live(ClusterIdentity cluster, Networks networks, boolean data)
      throws IOException {
    try (ThreadLoop loop = ThreadLoop.start("fsck");
        Network network = networks.forNode(loop)) {
      PolarCtrlClient client = client(cluster, loop, network);
      VolumeInfo volume = VolumeAccess.find(client);
      try (PolarSwitch device = VolumeAccess.openSwitch(loop, network, client, volume, null, 0)) {
        FsckReport report = Fsck.verify(device, data);
        for (int look = 1; look < LIVE_LOOKS && !report.clean(); look++) {
          FsckReport again = Fsck.verify(device, false);
          List<FsckReport.Finding> both = new ArrayList<>(report.findings());
          both.removeIf(f -> !f.what().startsWith("data of") && !again.findings().contains(f));
          report =
              new FsckReport(
                  both, again.files(), again.directories(), again.usedBlocks(), again.blocks());
        }
        return report;
      }
    }
  }

  /** Looks at, and repairs, the volume of a cluster whose database does not run. */
  public static FsckReport offline(
      ClusterIdentity cluster, Networks networks, ThreadLoop loop, boolean repair, boolean data)
      throws IOException {
    try (Network network = networks.forNode(loop)) {
      PolarCtrlClient client = client(cluster, loop, network);
      VolumeInfo volume = VolumeAccess.find(client);
      WriterLease lease =
          Await.done(
              "becoming the writer of volume " + volume.name(),
              WriterLease.acquire(loop, client, volume.id(), "fsck", true, () -> {}),
              LIMIT);
      try (PolarSwitch device = VolumeAccess.openSwitch(loop, network, client, volume, lease, 0)) {
        FsckReport found = Fsck.verify(device, data);
        if (!repair || found.clean() || found.hopeless() && found.blocks() == 0) {
          return found;
        }
        VolumeLock lock =
            VolumeLocks.acquire(
                device,
                loop,
                PolarCtrlFence.granted(loop, client, device, volume, "fsck", lease, () -> {}),
                LockRequest.withNewEpoch(new HostIdentity(HOST, "fsck"), LockSettings.DEFAULT),
                new RandomStream(RANDOM.nextLong()));
        try {
          return Fsck.repair(device, lock, data);
        } finally {
          Await.done("giving the volume's lock back", lock.release(), LIMIT);
        }
      } finally {
        Await.done("giving the volume back", lease.release(), LIMIT);
      }
    }
  }

  private static PolarCtrlClient client(ClusterIdentity cluster, ThreadLoop loop, Network network) {
    return new PolarCtrlClient(loop, network, cluster.polarCtrl(), RANDOM.nextLong() >>> 1);
  }
}
