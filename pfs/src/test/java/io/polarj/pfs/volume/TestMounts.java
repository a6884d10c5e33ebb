package io.polarj.pfs.volume;

import io.polarj.pfs.device.MemoryVolumeDevice;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.clock.Clock;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/** Mounts of volumes in memory; one loop for their locks. */
final class TestMounts {
  static final Set<OpenMode> NEW = Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE);
  private static final ThreadLoop LOOP = ThreadLoop.start("test-locks");

  private TestMounts() {}

  static MemoryVolumeDevice formatted(long bytes, MkfsOptions options) throws IOException {
    MemoryVolumeDevice device = new MemoryVolumeDevice(bytes);
    Mkfs.run(device, options, 7, 1000);
    return device;
  }

  /** The lock, as a host that was granted a new epoch: everybody before it is fenced. */
  static VolumeLock lock(MemoryVolumeDevice device) throws IOException {
    return VolumeLocks.acquire(
        device.withNewEpoch(),
        LOOP,
        device,
        LockRequest.withNewEpoch(new HostIdentity(1, "test"), LockSettings.DEFAULT),
        new RandomStream(device.epoch()));
  }

  static PfsVolume writer(MemoryVolumeDevice device) throws IOException {
    return writer(device, device, SystemClock.INSTANCE);
  }

  static PfsVolume writer(MemoryVolumeDevice device, VolumeDevice through, Clock clock)
      throws IOException {
    return PfsVolume.mountReadWrite(through, lock(device), clock);
  }

  static PfsVolume reader(MemoryVolumeDevice device) throws IOException {
    return PfsVolume.mountReadOnly(device.reopen(true), SystemClock.INSTANCE);
  }

  static void write(FileSystem fs, String path, long offset, int value, int length)
      throws IOException {
    try (PolarFile file = fs.open(path, NEW)) {
      byte[] bytes = new byte[length];
      java.util.Arrays.fill(bytes, (byte) value);
      file.write(offset, MemorySegment.ofArray(bytes));
    }
  }

  static byte[] read(FileSystem fs, String path) throws IOException {
    try (PolarFile file = fs.open(path, Set.of(OpenMode.READ));
        Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(Math.max(4096, file.size()), 4096);
      int bytes = file.read(0, memory);
      return memory.asSlice(0, bytes).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }
  }
}
