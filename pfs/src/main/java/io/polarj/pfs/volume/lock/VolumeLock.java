package io.polarj.pfs.volume.lock;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/**
 * A volume's lock in the hands of this host: runs {@link LockMachine} on a loop over the volume's
 * device, and renews the lease until it is released or lost. Any thread may call; never wait for a
 * future on the loop.
 */
public final class VolumeLock {
  private final EventLoop loop;
  private final DeviceIo io;
  private final EpochFence fence;
  private final long volumeId;
  private final HostIdentity host;
  private final MemorySegment area =
      Arena.ofAuto().allocate(LockArea.BYTES, VolumeDevice.ALIGNMENT);
  private final MemorySegment sector =
      Arena.ofAuto().allocate(LockArea.SECTOR, VolumeDevice.ALIGNMENT);
  private final CompletableFuture<VolumeLock> acquired = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final LockMachine machine;
  private Timer timer;
  private volatile long term;
  private volatile long epoch;
  private volatile String lostBecause;

  private VolumeLock(
      EventLoop loop,
      VolumeDevice device,
      long volumeId,
      EpochFence fence,
      LockRequest request,
      RandomStream random) {
    this.loop = loop;
    this.io = new DeviceIo(device);
    this.fence = fence;
    this.volumeId = volumeId;
    this.host = request.host();
    this.machine =
        new LockMachine(
            new Commands(),
            request.host(),
            request.settings(),
            fence.enforced(),
            fence.epoch(),
            request.newestEpochIsMine(),
            request.takeOver(),
            random);
  }

  /**
   * Goes for the lock. The future ends when this host owns the volume, or with a PfsException:
   * EBUSY names the owner. {@code device} has to be writable under {@code fence}'s epoch. {@code
   * random}: no other attempt of any host may draw the same numbers.
   */
  public static CompletableFuture<VolumeLock> acquire(
      EventLoop loop,
      VolumeDevice device,
      long volumeId,
      EpochFence fence,
      LockRequest request,
      RandomStream random) {
    VolumeLock lock = new VolumeLock(loop, device, volumeId, fence, request, random);
    loop.execute(() -> lock.machine.start(loop.clock().nanoTime()));
    return lock.acquired;
  }

  public HostIdentity host() {
    return host;
  }

  /** The number of this ownership; every change of the owner raises it. */
  public long term() {
    return term;
  }

  /** What the device's writes carry. */
  public long epoch() {
    return epoch;
  }

  /**
   * Fails with ESTALE when this host may not change the volume any more. Where epochs are enforced
   * a lease that ran out is no reason: nobody has taken over as long as writes are not refused.
   */
  public void check() throws PfsException {
    String why = lostBecause;
    if (why != null) {
      throw new PfsException(Errno.ESTALE, "this mount is not the volume's owner any more: " + why);
    }
    if (!fence.enforced() && loop.clock().nanoTime() - machine.validUntilNanos() >= 0) {
      throw new PfsException(
          Errno.ESTALE, "this mount's lease has ended: it could not be renewed in time");
    }
  }

  /** Ends with the reason when the volume becomes another's. */
  public CompletableFuture<String> lost() {
    return lost;
  }

  /** Stops renewing and gives the volume back. Never fails: a lease ends by itself. */
  public CompletableFuture<Void> release() {
    loop.execute(() -> machine.release(loop.clock().nanoTime()));
    return released;
  }

  private long now() {
    return loop.clock().nanoTime();
  }

  private void failed(IOException error) {
    Errno errno = error instanceof PfsException known ? known.errno() : Errno.EIO;
    machine.ioFailed(errno, error.getMessage(), now());
  }

  /** Carries out the machine's commands; on the loop. */
  private final class Commands implements LockMachine.Host {
    @Override
    public void readAll() {
      io.readAsync(
          LockArea.OFFSET,
          area,
          error ->
              loop.execute(() -> {
                if (error == null) {
                  byte[] bytes = area.toArray(ValueLayout.JAVA_BYTE);
                  machine.blocksRead(LockArea.decode(bytes, volumeId), now());
                } else {
                  failed(error);
                }
              }));
    }

    @Override
    public void write(LockBlock block) {
      MemorySegment.copy(
          block.encode(volumeId), 0, sector, ValueLayout.JAVA_BYTE, 0, LockArea.SECTOR);
      io.writeAsync(
          LockArea.offsetOf(block.slot(), block.generation()),
          sector,
          error ->
              loop.execute(() -> {
                if (error == null) {
                  machine.written(now());
                } else {
                  failed(error);
                }
              }));
    }

    @Override
    public void raiseEpoch(long from) {
      fence
          .raise(from)
          .whenComplete((granted, error) ->
              loop.execute(() -> {
                if (error == null) {
                  machine.epochRaised(granted, now());
                } else {
                  Throwable cause = error.getCause() == null ? error : error.getCause();
                  Errno errno = cause instanceof PfsException known ? known.errno() : Errno.EBUSY;
                  machine.epochRefused(errno, "the epoch was not raised: " + cause.getMessage());
                }
              }));
    }

    @Override
    public void wakeAt(long nanos) {
      if (timer != null) {
        timer.cancel();
      }
      timer = loop.schedule(Math.max(0, nanos - now()), () -> machine.woken(now()));
    }

    @Override
    public void acquired(long ownedTerm, long underEpoch) {
      term = ownedTerm;
      epoch = underEpoch;
      acquired.complete(VolumeLock.this);
    }

    @Override
    public void refused(Errno errno, String why) {
      acquired.completeExceptionally(new PfsException(errno, why));
      released.complete(null);
    }

    @Override
    public void lost(String why) {
      lostBecause = why;
      lost.complete(why);
    }

    @Override
    public void released() {
      acquired.completeExceptionally(new PfsException(Errno.EAGAIN, "the attempt was given up"));
      lostBecause = "it was unmounted";
      released.complete(null);
    }
  }
}
