package io.polarj.pfs.polarswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.Mkfs;
import io.polarj.pfs.volume.MkfsOptions;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.pfs.volume.VolumeLocks;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.clock.SystemClock;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.client.WriterLease;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.WriterReply;
import io.polarj.storage.protocol.StorageLimits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PolarSwitch over real ChunkServers and a real PolarCtrl in one JVM, on both transports. */
final class VolumeClusterTest {
  private static final long CHUNK_BYTES = 2 << 20;
  private static final long EDGE = CHUNK_BYTES - 8192;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(VolumeCluster.Transport.class)
  void volumeOutlivesPolarCtrlAndAChunkServerAndFencesItsOldWriter(
      VolumeCluster.Transport transport) throws Exception {
    try (VolumeCluster cluster = new VolumeCluster(directory, transport)) {
      cluster.startPolarCtrl();
      for (int node = 1; node <= 3; node++) {
        cluster.startNode(node);
      }
      PolarCtrlClient ctrl = cluster.client();
      cluster.awaitLiveNodes(3);
      VolumeInfo volume = await(ctrl.createVolume("data", 2 * CHUNK_BYTES, CHUNK_BYTES, 3));
      WriterReply first = await(ctrl.acquireWriter(volume.id(), "first", false));
      PolarSwitch device = cluster.open(volume, first.epoch(), 1001);
      write(device, EDGE, 1);
      assertThat(read(device, EDGE)).isEqualTo(1);

      cluster.stopPolarCtrl();
      write(device, EDGE, 2);
      cluster.killNode(1);
      write(device, EDGE, 3);
      assertThat(read(device, EDGE)).isEqualTo(3);

      cluster.startPolarCtrl();
      WriterReply second = await(ctrl.acquireWriter(volume.id(), "second", true));
      assertThat(second.epoch()).isGreaterThan(first.epoch());
      assertThatThrownBy(() -> write(device, EDGE, 4))
          .hasCauseInstanceOf(PfsException.class)
          .satisfies(
              e -> assertThat(((PfsException) e.getCause()).errno()).isEqualTo(Errno.ESTALE));
      PolarSwitch next = cluster.open(volume, second.epoch(), 1002);
      assertThat(read(next, EDGE)).isEqualTo(3);
      write(next, EDGE, 5);
      assertThat(read(device, EDGE)).isEqualTo(5);
      device.close();
      next.close();
    }
  }

  @Test
  void roomOfARemovedFileComesBackFromEveryChunkServer() throws Exception {
    try (VolumeCluster cluster = new VolumeCluster(directory, VolumeCluster.Transport.IN_PROCESS)) {
      cluster.startPolarCtrl();
      for (int node = 1; node <= 3; node++) {
        cluster.startNode(node);
      }
      cluster.awaitLiveNodes(3);
      PolarCtrlClient ctrl = cluster.client();
      VolumeInfo volume = await(ctrl.createVolume("data", 6 * CHUNK_BYTES, CHUNK_BYTES, 3));
      WriterLease lease =
          await(
              WriterLease.acquire(
                  cluster.clientLoop(), ctrl, volume.id(), "writer", false, () -> {}));
      PolarSwitch device = cluster.open(volume, lease.epoch(), 1003);
      Mkfs.run(device, new MkfsOptions(65536, 1 << 20, 1024, false), 1, 1);
      VolumeLock lock =
          VolumeLocks.acquire(
              device,
              cluster.clientLoop(),
              PolarCtrlFence.granted(
                  cluster.clientLoop(), ctrl, device, volume, "writer", lease, () -> {}),
              LockRequest.withNewEpoch(new HostIdentity(1, "writer"), LockSettings.DEFAULT),
              new RandomStream(1));
      PfsVolume files = PfsVolume.mountReadWrite(device, lock, SystemClock.INSTANCE);
      int before = allocated(cluster);
      try (PolarFile file =
          files.open("/table", Set.of(OpenMode.WRITE, OpenMode.READ, OpenMode.CREATE))) {
        MemorySegment part = Arena.ofAuto().allocate(256 << 10, 4096).fill((byte) 7);
        for (long at = 0; at < 5 << 20; at += part.byteSize()) {
          file.write(at, part);
        }
      }
      int blocks = (5 << 20) / StorageLimits.BLOCK_BYTES;
      Awaitility.await().until(() -> allocated(cluster) >= before + 3 * blocks);
      files.unlink("/table");
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(allocated(cluster)).isLessThan(before + blocks));
      files.close();
    }
  }

  private static int allocated(VolumeCluster cluster) throws Exception {
    int blocks = 0;
    for (int node = 1; node <= 3; node++) {
      blocks += cluster.allocatedBlocks(node);
    }
    return blocks;
  }

  static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  /** 16 KiB over the edge of two chunks. */
  private static void write(PolarSwitch device, long offset, int value) throws Exception {
    MemorySegment source = Arena.ofAuto().allocate(16_384, 4096).fill((byte) value);
    CompletableFuture<Void> done = new CompletableFuture<>();
    device.write(offset, source, error -> complete(done, error));
    await(done);
  }

  private static int read(PolarSwitch device, long offset) throws Exception {
    MemorySegment target = Arena.ofAuto().allocate(16_384, 4096);
    CompletableFuture<Void> done = new CompletableFuture<>();
    device.read(offset, target, error -> complete(done, error));
    await(done);
    byte value = target.get(ValueLayout.JAVA_BYTE, 0);
    for (long i = 0; i < target.byteSize(); i++) {
      assertThat(target.get(ValueLayout.JAVA_BYTE, i)).isEqualTo(value);
    }
    return value;
  }

  private static void complete(CompletableFuture<Void> done, IOException error) {
    if (error == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(error);
    }
  }
}
