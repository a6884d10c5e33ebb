package io.polarj.pfs.polarswitch;

import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.VolumeInfo;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A volume of replicated chunks as one device. Any thread may call; callbacks run on the switch's
 * loop. A request that is older than the I/O timeout fails with EIO: a write that failed so may or
 * may not have happened, but it will not happen after a later write to the same chunk.
 */
public final class PolarSwitch implements VolumeDevice {
  private final EventLoop loop;
  private final SwitchCore core;
  private final RouteTable routes;
  private final SwitchSettings settings;
  private final VolumeInfo volume;
  private final int snapshot;
  private volatile boolean readOnly;
  private final RouteSource source;
  private volatile long size;
  private volatile Runnable unwatch = () -> {};
  private volatile Runnable whenGrown = () -> {};

  private PolarSwitch(
      EventLoop loop,
      Network network,
      RouteSource source,
      VolumeInfo volume,
      long epoch,
      long clientId,
      SwitchSettings settings,
      int snapshot) {
    this.loop = loop;
    this.snapshot = snapshot;
    this.source = source;
    this.settings = settings;
    this.volume = volume;
    this.readOnly = epoch == 0;
    this.size = volume.sizeBytes();
    this.routes = new RouteTable(loop, source, volume.id(), this::sized);
    this.core = new SwitchCore(loop, network, routes, settings, clientId, epoch, snapshot);
  }

  /**
   * Opens a volume for reading and writing under an epoch from {@code acquireWriter}. The future
   * ends when the first routes are there.
   *
   * @param loop also the network's
   * @param clientId a random number above 0 that no switch has used or will use (S7)
   */
  public static CompletableFuture<PolarSwitch> open(
      EventLoop loop,
      Network network,
      RouteSource source,
      VolumeInfo volume,
      long epoch,
      long clientId,
      SwitchSettings settings) {
    if (epoch <= 0) {
      throw new IllegalArgumentException("epoch " + epoch + " is not one that PolarCtrl gave");
    }
    return start(new PolarSwitch(loop, network, source, volume, epoch, clientId, settings, 0));
  }

  /** Opens a volume for reading alone: writes fail with EROFS. */
  public static CompletableFuture<PolarSwitch> openReadOnly(
      EventLoop loop,
      Network network,
      RouteSource source,
      VolumeInfo volume,
      long clientId,
      SwitchSettings settings) {
    return start(new PolarSwitch(loop, network, source, volume, 0, clientId, settings, 0));
  }

  /**
   * Opens what a snapshot of a volume shows, for reading alone. Reads of one that is not there, or
   * behind the size that the volume had then, fail with ENOENT.
   */
  public static CompletableFuture<PolarSwitch> openSnapshot(
      EventLoop loop,
      Network network,
      RouteSource source,
      VolumeInfo volume,
      int snapshot,
      long clientId,
      SwitchSettings settings) {
    if (snapshot <= 0) {
      throw new IllegalArgumentException("snapshot " + snapshot + " of '" + volume.name() + "'");
    }
    return start(new PolarSwitch(loop, network, source, volume, 0, clientId, settings, snapshot));
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, MemorySegment target, IoCallback done) {
    start(false, offset, target, done);
  }

  @Override
  public void write(long offset, MemorySegment source, IoCallback done) {
    start(true, offset, source, done);
  }

  /** Asks PolarCtrl for the volume's size, after it has grown. */
  @Override
  public CompletableFuture<Long> refreshSize() {
    CompletableFuture<Long> result = new CompletableFuture<>();
    loop.execute(() ->
        source
            .routes(volume.id(), 0, 1)
            .whenComplete((reply, error) ->
                loop.execute(() -> {
                  if (error == null) {
                    take(reply);
                    result.complete(size);
                  } else {
                    result.completeExceptionally(error);
                  }
                })));
    return result;
  }

  /**
   * Writes carry this epoch from now on, and a device that was read-only may write; writes under
   * way under an older one fail with ESTALE. The future ends when that is so.
   */
  public CompletableFuture<Void> raiseEpoch(long epoch) {
    if (snapshot != 0) {
      return CompletableFuture.failedFuture(
          new PfsException(Errno.EROFS, "snapshot " + snapshot + " can not be written"));
    }
    return refreshSize() // which tells of snapshots that the writer before has heard of
        .thenAccept(known -> {
          core.raiseEpoch(epoch);
          readOnly = false;
        });
  }

  /** Attempts beyond the first, of all pieces so far; on the loop it is exact. */
  public long retries() {
    return core.retries();
  }

  /** What is still under way fails with EBADF, on the loop. */
  @Override
  public void close() {
    unwatch.run();
    if (loop.inLoop()) {
      core.close();
    } else {
      loop.execute(core::close);
    }
  }

  private static CompletableFuture<PolarSwitch> start(PolarSwitch device) {
    CompletableFuture<PolarSwitch> opened = new CompletableFuture<>();
    EventLoop loop = device.loop;
    loop.execute(() ->
        device
            .source
            .routes(device.volume.id(), 0, RouteRequest.MAX_COUNT)
            .whenComplete(
                (reply, error) -> loop.execute(() -> device.opened(reply, error, opened))));
    return opened;
  }

  private void opened(RouteReply reply, Throwable error, CompletableFuture<PolarSwitch> opened) {
    if (error != null) {
      opened.completeExceptionally(error);
    } else {
      take(reply);
      unwatch = source.watch(volume.id(), news -> loop.execute(() -> take(news)));
      opened.complete(this);
    }
  }

  private void take(RouteReply reply) {
    core.heardOfSnapshot(reply.volume().snapshot());
    routes.take(reply);
  }

  @Override
  public void whenGrown(Runnable listener) {
    whenGrown = listener;
  }

  private void sized(long now) {
    if (now > size) {
      size = now;
      whenGrown.run();
    }
  }

  /** Whole blocks of ChunkServers within the range go back to their disks. */
  @Override
  public void discard(long offset, long bytes, IoCallback done) {
    check(offset, bytes);
    long deadline = deadlineNanos();
    onLoop(() -> {
      if (admitted(true, offset, bytes, done)) {
        core.submit(new VolumeIo(offset, bytes, volume.id(), volume.chunkBytes(), deadline, done));
      }
    });
  }

  private void start(boolean write, long offset, MemorySegment memory, IoCallback done) {
    check(offset, memory.byteSize());
    if (!memory.isNative()) {
      throw new IllegalArgumentException("the segment must be native");
    }
    long deadline = deadlineNanos();
    onLoop(() -> {
      if (admitted(write, offset, memory.byteSize(), done)) {
        core.submit(
            new VolumeIo(write, offset, memory, volume.id(), volume.chunkBytes(), deadline, done));
      }
    });
  }

  private long deadlineNanos() {
    return loop.clock().nanoTime() + settings.ioTimeoutMillis() * 1_000_000L;
  }

  private void onLoop(Runnable step) {
    if (loop.inLoop()) {
      step.run();
    } else {
      loop.execute(step);
    }
  }

  private boolean admitted(boolean write, long offset, long bytes, IoCallback done) {
    if (write && readOnly) {
      done.completed(
          new PfsException(
              Errno.EROFS, "volume '" + volume.name() + "' is open for reading alone"));
      return false;
    }
    if (offset > size - bytes) {
      done.completed(
          new PfsException(
              Errno.EINVAL,
              "bytes "
                  + offset
                  + " + "
                  + bytes
                  + " of volume '"
                  + volume.name()
                  + "', which has "
                  + size));
      return false;
    }
    return true;
  }

  private static void check(long offset, long bytes) {
    if (offset < 0 || offset % ALIGNMENT != 0 || bytes <= 0 || bytes % ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "offset "
              + offset
              + " and length "
              + bytes
              + " must be multiples of "
              + ALIGNMENT
              + ", the length above 0");
    }
  }
}
