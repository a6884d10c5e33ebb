package io.polarj.pfs.volume;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;

/** A formatted volume in memory, mounted for writing; for tests of what stands on the file API. */
public final class TestVolume implements AutoCloseable {
  private static final MkfsOptions OPTIONS = new MkfsOptions(16384, 256 << 10, 8192, false);
  private final ThreadLoop loop = ThreadLoop.start("lock");
  private final MemoryVolumeDevice device;
  private PfsVolume mounted;

  private TestVolume(MemoryVolumeDevice device) {
    this.device = device;
  }

  /** Makes and mounts one. */
  public static TestVolume make(long bytes) throws IOException {
    TestVolume volume = new TestVolume(new MemoryVolumeDevice(bytes));
    Mkfs.run(volume.device, OPTIONS, 7, 1000);
    volume.mount();
    return volume;
  }

  private void mount() throws IOException {
    mounted =
        PfsVolume.mountReadWrite(
            device,
            VolumeLocks.acquire(
                device.withNewEpoch(),
                loop,
                device,
                LockRequest.withNewEpoch(new HostIdentity(1, "test"), LockSettings.DEFAULT),
                new RandomStream(device.epoch())),
            SystemClock.INSTANCE);
  }

  public PfsVolume mounted() {
    return mounted;
  }

  /** The n-th write from now on, counted from 0, and all later requests fail. */
  public void dieAtWrite(long n) {
    device.dieAtWrite(n, 0);
  }

  /** The same volume, seen by a reader. */
  public PfsVolume mountReader() throws IOException {
    return PfsVolume.mountReadOnly(device.reopen(true), SystemClock.INSTANCE);
  }

  /**
   * The volume as another host finds it when this one has vanished without a word: nothing was
   * unmounted, and this one's writes are refused from now on.
   */
  public TestVolume afterCrash() throws IOException {
    TestVolume next = new TestVolume(device.reopen(false));
    next.mount();
    return next;
  }

  @Override
  public void close() throws IOException {
    if (!device.dead()) {
      mounted.close();
    }
    loop.close();
  }
}
