package io.polarj.pfs.polarswitch;

import io.polarj.pfs.volume.lock.EpochFence;
import io.polarj.platform.loop.EventLoop;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.concurrent.CompletableFuture;

/**
 * The fencing epoch of a volume behind a PolarSwitch: PolarCtrl grants it and has every chunk
 * refuse the older ones. Whoever goes for the volume's lock writes its block under the epoch that
 * is in force, and has it raised when it has won.
 */
public final class PolarCtrlFence implements EpochFence {
  private final EventLoop loop;
  private final PolarCtrlClient client;
  private final PolarSwitch device;
  private final VolumeInfo volume;
  private final String owner;
  private final Runnable onLost;
  private volatile long epoch;
  private volatile WriterLease lease;

  private PolarCtrlFence(
      EventLoop loop,
      PolarCtrlClient client,
      PolarSwitch device,
      VolumeInfo volume,
      String owner,
      Runnable onLost) {
    this.loop = loop;
    this.client = client;
    this.device = device;
    this.volume = volume;
    this.owner = owner;
    this.onLost = onLost;
  }

  /**
   * Joins the epoch that is in force, whoever's it is. {@code volume} as PolarCtrl tells it now;
   * {@code onLost}: a later epoch was granted to somebody else.
   */
  public static CompletableFuture<PolarCtrlFence> join(
      EventLoop loop,
      PolarCtrlClient client,
      PolarSwitch device,
      VolumeInfo volume,
      String owner,
      Runnable onLost) {
    PolarCtrlFence fence = new PolarCtrlFence(loop, client, device, volume, owner, onLost);
    fence.epoch = volume.epoch();
    return device.raiseEpoch(volume.epoch()).thenApply(done -> fence);
  }

  /** For a device that was opened under an epoch granted to its host alone. */
  public static PolarCtrlFence granted(
      EventLoop loop,
      PolarCtrlClient client,
      PolarSwitch device,
      VolumeInfo volume,
      String owner,
      WriterLease lease,
      Runnable onLost) {
    PolarCtrlFence fence = new PolarCtrlFence(loop, client, device, volume, owner, onLost);
    fence.epoch = lease.epoch();
    fence.lease = lease;
    return fence;
  }

  @Override
  public boolean enforced() {
    return true;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public CompletableFuture<Long> raise(long from) {
    return WriterLease.acquire(loop, client, volume.id(), owner, true, from, onLost)
        .thenCompose(granted -> {
          lease = granted;
          epoch = granted.epoch();
          return device.raiseEpoch(granted.epoch()).thenApply(done -> granted.epoch());
        });
  }

  /** Tells PolarCtrl that the volume has no writer any more. */
  public CompletableFuture<Void> release() {
    WriterLease held = lease;
    return held == null ? CompletableFuture.completedFuture(null) : held.release();
  }
}
