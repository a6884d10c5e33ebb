package io.polarj.sim.paxos;

import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.lock.EpochFence;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/**
 * One life of a host's way to the shared volume. A request takes effect at one moment of its
 * latency; one of a host that dies meanwhile takes effect all the same, at its time, in part, or
 * not. Requests of the host's own thread block it; others answer on its loop.
 */
final class HostDisk implements VolumeDevice, EpochFence {
  private static final long TIMEOUT_NANOS = 400_000_000L;

  private final SharedVolume volume;
  private final SimLoop loop;
  private final RandomStream random;
  private HostThread thread;
  private long epoch;
  private boolean partitioned;
  private boolean dead;
  private long requests;
  private long dieAtRequest = Long.MAX_VALUE;
  private Runnable death = () -> {};

  HostDisk(SharedVolume volume, SimLoop loop, RandomStream random) {
    this.volume = volume;
    this.loop = loop;
    this.random = random;
    this.epoch = volume.newestEpoch();
  }

  void blockingFor(HostThread owner) {
    thread = owner;
  }

  void partitioned(boolean cut) {
    partitioned = cut;
  }

  /** The host dies at its n-th request from now, which is under way then. */
  void dieAtRequest(long n, Runnable how) {
    dieAtRequest = requests + n;
    death = how;
  }

  void died() {
    dead = true;
  }

  @Override
  public long size() {
    return volume.size();
  }

  @Override
  public boolean readOnly() {
    return false;
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
    CompletableFuture<Long> raised = new CompletableFuture<>();
    if (partitioned) {
      loop.schedule(
          TIMEOUT_NANOS,
          () -> raised.completeExceptionally(new PfsException(Errno.EIO, "nobody answers")));
      return raised;
    }
    volume.later(
        latency(),
        () -> {
          long granted = volume.grant(from);
          loop.execute(() -> {
            if (granted == 0) {
              raised.completeExceptionally(
                  new PfsException(Errno.EBUSY, "the epoch is not " + from + " any more"));
            } else {
              epoch = granted;
              raised.complete(granted);
            }
          });
        });
    return raised;
  }

  @Override
  public void read(long offset, MemorySegment target, IoCallback done) {
    start(() -> readNow(offset, target), done);
  }

  private IOException readNow(long offset, MemorySegment target) {
    if (!dead) {
      volume.read(offset, target);
    }
    return null;
  }

  @Override
  public void write(long offset, MemorySegment source, IoCallback done) {
    byte[] bytes = source.toArray(ValueLayout.JAVA_BYTE);
    long under = epoch;
    start(() -> writeNow(under, offset, bytes), done);
  }

  private IOException writeNow(long under, long offset, byte[] bytes) {
    if (dead && random.chance(0.6)) {
      if (random.chance(0.5)) {
        volume.writeInPart(under, offset, bytes);
      }
      return null;
    }
    return volume.write(under, offset, bytes)
        ? null
        : new PfsException(Errno.ESTALE, "epoch " + under + " is an old one");
  }

  private interface Effect {
    IOException happen();
  }

  private void start(Effect effect, IoCallback done) {
    requests++;
    boolean dying = requests == dieAtRequest;
    if (partitioned) {
      answer(TIMEOUT_NANOS, new PfsException(Errno.EIO, "the volume does not answer"), done, dying);
      return;
    }
    long latency = latency();
    if (thread != null && thread.isCurrent()) {
      IOException[] outcome = new IOException[1];
      volume.later(
          latency,
          () -> {
            outcome[0] = happen(effect);
            answer(thread::resume);
          });
      blockOrDie(dying);
      done.completed(outcome[0]);
    } else {
      volume.later(
          latency,
          () -> {
            IOException outcome = happen(effect);
            answer(() -> done.completed(outcome));
          });
      if (dying) {
        loop.execute(death);
      }
    }
  }

  private void answer(long nanos, IOException error, IoCallback done, boolean dying) {
    if (thread != null && thread.isCurrent()) {
      loop.schedule(nanos, thread::resume);
      blockOrDie(dying);
      done.completed(error);
    } else {
      loop.schedule(nanos, () -> done.completed(error));
    }
  }

  /** A host that is cut off now never hears what became of its request. */
  private IOException happen(Effect effect) {
    IOException outcome = effect.happen();
    return partitioned ? new PfsException(Errno.EIO, "the answer was lost") : outcome;
  }

  private void answer(Runnable task) {
    if (partitioned) {
      loop.schedule(TIMEOUT_NANOS, task);
    } else {
      loop.execute(task);
    }
  }

  private void blockOrDie(boolean dying) {
    if (dying) {
      loop.execute(death);
    }
    thread.block();
  }

  private long latency() {
    long usual = 20_000 + random.nextLong(400_000);
    return random.chance(0.02) ? usual + random.nextLong(300_000_000L) : usual;
  }

  @Override
  public void close() {}
}
