package io.polarj.polarctrl.client;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.WriterReply;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume's writer, kept up: renews the lease three times in its length for as long as PolarCtrl
 * answers. Silence of PolarCtrl is no loss, for the chunks and not the lease keep a deposed writer
 * out; being told of a newer epoch is. Any thread may call; {@code onLost} runs once, on the loop.
 */
public final class WriterLease {
  private static final Logger LOG = LoggerFactory.getLogger(WriterLease.class);
  private final EventLoop loop;
  private final PolarCtrlClient client;
  private final long volume;
  private final String owner;
  private final Runnable onLost;
  private final long epoch;
  private final long leaseMillis;
  private Timer next;
  private boolean ended;

  private WriterLease(
      EventLoop loop, PolarCtrlClient client, String owner, WriterReply grant, Runnable onLost) {
    this.loop = loop;
    this.client = client;
    this.volume = grant.volume();
    this.owner = owner;
    this.epoch = grant.epoch();
    this.leaseMillis = grant.leaseMillis();
    this.onLost = onLost;
  }

  /** Becomes the volume's writer; the future ends when every chunk knows the new epoch. */
  public static CompletableFuture<WriterLease> acquire(
      EventLoop loop,
      PolarCtrlClient client,
      long volume,
      String owner,
      boolean force,
      Runnable onLost) {
    return acquire(loop, client, volume, owner, force, AcquireWriter.ANY_EPOCH, onLost);
  }

  /** The same, refused when the volume's epoch is not {@code onlyAfter} any more. */
  public static CompletableFuture<WriterLease> acquire(
      EventLoop loop,
      PolarCtrlClient client,
      long volume,
      String owner,
      boolean force,
      long onlyAfter,
      Runnable onLost) {
    return client
        .acquireWriter(volume, owner, force, onlyAfter)
        .thenApply(grant -> {
          WriterLease lease = new WriterLease(loop, client, owner, grant, onLost);
          loop.execute(lease::renewLater);
          return lease;
        });
  }

  /** What every write of the volume carries from now on. */
  public long epoch() {
    return epoch;
  }

  /** Stops renewing and gives the volume back. */
  public CompletableFuture<Void> release() {
    CompletableFuture<Void> released = new CompletableFuture<>();
    loop.execute(() -> {
      if (ended) {
        released.complete(null);
        return;
      }
      end();
      client
          .releaseWriter(volume, owner, epoch)
          .whenComplete((reply, error) -> {
            if (error == null) {
              released.complete(null);
            } else {
              released.completeExceptionally(error);
            }
          });
    });
    return released;
  }

  private void renewLater() {
    if (!ended) {
      next = loop.schedule(leaseMillis * 1_000_000 / 3, this::renew);
    }
  }

  private void renew() {
    client
        .renewWriter(volume, owner, epoch)
        .whenComplete((reply, error) -> loop.execute(() -> renewed(error)));
  }

  private void renewed(Throwable error) {
    if (ended) {
      return;
    }
    boolean deposed =
        error instanceof CtrlException refusal && refusal.status() == CtrlStatus.STALE_EPOCH;
    if (deposed) {
      LOG.warn("volume number {}: '{}' is deposed: {}", volume, owner, error.getMessage());
      end();
      onLost.run();
    } else {
      if (error != null) {
        LOG.warn("volume number {}: lease not renewed: {}", volume, error.getMessage());
      }
      renewLater();
    }
  }

  private void end() {
    ended = true;
    if (next != null) {
      next.cancel();
    }
  }
}
