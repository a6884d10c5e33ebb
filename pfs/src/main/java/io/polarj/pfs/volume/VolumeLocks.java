package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.lock.EpochFence;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The lock of a volume, acquired by a thread that waits for it. */
public final class VolumeLocks {
  private VolumeLocks() {}

  /**
   * Goes for the lock of the file system on the device, and returns when it is this host's. Fails
   * with EBUSY and the owner's name when it is another's. {@code loop} carries the renewals; the
   * caller must not be on it.
   */
  public static VolumeLock acquire(
      VolumeDevice device,
      EventLoop loop,
      EpochFence fence,
      LockRequest request,
      RandomStream random)
      throws IOException {
    long volumeId = new VolumeLoader(new DeviceIo(device)).readSuperBlock().volumeId();
    return await(VolumeLock.acquire(loop, device, volumeId, fence, request, random));
  }

  /** Waits; an interrupt does not end that, and is kept for later. */
  static <T> T await(CompletableFuture<T> future) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PfsException known) {
        throw new PfsException(known.errno(), known.reason(), known);
      }
      throw new PfsException(Errno.EIO, String.valueOf(e.getCause().getMessage()), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
