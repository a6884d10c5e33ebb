package io.polarj.storage.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.fixture.MemoryDevice;
import io.polarj.storage.raft.LogEntry;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk whose log stands on a device of its own. */
class WalDeviceTest {
  private static final long DEVICE_BYTES = 6 << 20;
  private static final long WAL_BYTES = (1 << 20) + (64 << 10);
  private DiskBench bench;

  @BeforeEach
  void formatBoth() {
    bench = DiskBench.formatted(DEVICE_BYTES, WAL_BYTES);
  }

  @Test
  void entriesStandOnTheLogDeviceOnlyAndComeBackAfterACrash() {
    bench.openOrFail();
    DiskReplica replica = bench.create();
    long data = bench.device.flushes();
    long log = bench.wal.flushes();
    LogEntry entry = DiskBench.write(1, 0, DiskBench.pattern(1, 8192));
    replica.log().append(entry, error -> assertThat(error).isNull());
    bench.loop.run();
    assertThat(bench.device.flushes()).isEqualTo(data);
    assertThat(bench.wal.flushes()).isEqualTo(log + 1);
    bench.crash(new RandomStream(1));
    bench.openOrFail();
    assertThat(bench.disk.replica(DiskBench.CHUNK).recovered().entries())
        .containsExactly(entry.header());
    DiskCheck.Report[] report = new DiskCheck.Report[1];
    new DiskCheck(bench.device, bench.wal, bench.loop).run((found, error) -> report[0] = found);
    bench.loop.run();
    assertThat(report[0].findings()).isEmpty();
    assertThat(report[0].logEntries()).isEqualTo(1);
  }

  @Test
  void aMissingLogDeviceIsRefusedByName() {
    bench.wal = null;
    assertThat(bench.open(DiskOptions.DEFAULT))
        .isInstanceOf(DiskFormatException.class)
        .hasMessageContaining("disk of node 3 (id 5eed) keeps its log on a separate device");
  }

  @Test
  void aBlankAForeignAndASmallLogDeviceAreRefusedByName() {
    bench.wal = new MemoryDevice(bench.loop, WAL_BYTES);
    assertThat(bench.open(DiskOptions.DEFAULT)).hasMessageContaining("no intact PolarJ header");
    bench.wal = new MemoryDevice(bench.loop, WAL_BYTES);
    assertThat(format(new MemoryDevice(bench.loop, DEVICE_BYTES), bench.wal, 0xBAD)).isNull();
    assertThat(bench.open(DiskOptions.DEFAULT))
        .isInstanceOf(DiskFormatException.class)
        .hasMessageContaining("belongs to disk bad (node 3 of cluster 77), not to disk 5eed");
    bench.wal = new MemoryDevice(bench.loop, WAL_BYTES - 4096);
    assertThat(bench.open(DiskOptions.DEFAULT)).hasMessageContaining("wrong device");
  }

  @Test
  void aLogDeviceForADiskThatNeedsNoneIsRefused() {
    DiskBench plain = DiskBench.formatted(DEVICE_BYTES);
    plain.wal = new MemoryDevice(plain.loop, WAL_BYTES);
    assertThat(plain.open(DiskOptions.DEFAULT))
        .isInstanceOf(DiskFormatException.class)
        .hasMessageContaining("keeps its log in itself");
  }

  @Test
  void aLogThatIsInUseIsNotFormattedAgain() {
    MemoryDevice other = new MemoryDevice(bench.loop, DEVICE_BYTES);
    assertThat(format(other, bench.wal, 0xBAD))
        .hasMessageContaining("is the log of node 3 of cluster 77 already");
  }

  @Test
  void oneCopyOfTheHeaderIsEnough() {
    bench.wal.flip(17);
    assertThat(bench.open(DiskOptions.DEFAULT)).isNull();
    bench.wal.flip((32 << 10) + 17);
    assertThat(bench.open(DiskOptions.DEFAULT)).hasMessageContaining("no intact PolarJ header");
  }

  private IOException format(MemoryDevice device, MemoryDevice wal, long diskId) {
    IOException[] refused = new IOException[1];
    new DiskFormatter(device, wal)
        .format(
            diskId,
            DiskBench.CLUSTER,
            DiskBench.NODE,
            DiskGeometry.withSeparateWal(DEVICE_BYTES, WAL_BYTES, 64 << 10),
            false,
            (superblock, error) -> refused[0] = error);
    bench.loop.run();
    return refused[0];
  }
}
