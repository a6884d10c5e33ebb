package io.polarj.storage.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.block.CorruptSectorException;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a disk promises, one thing at a time. */
class DiskTest {
  private static final long DEVICE_BYTES = 6 << 20;
  private DiskBench bench;
  private DiskReplica replica;

  @BeforeEach
  void openDisk() {
    bench = DiskBench.formatted(DEVICE_BYTES);
    bench.openOrFail();
    replica = bench.create();
  }

  @Test
  void anEntryIsConfirmedOnlyAfterItsWriteWasFlushed() {
    long flushes = bench.device.flushes();
    boolean[] confirmed = new boolean[1];
    bench.device.dieAfter(1); // the write happens, its flush does not
    append(1, 0, error -> confirmed[0] = true);
    bench.loop.run();
    assertThat(bench.device.flushes()).isEqualTo(flushes);
    assertThat(confirmed[0]).isFalse();
  }

  @Test
  void whatArrivesWhileABatchIsWrittenSharesTheNextFlush() {
    long flushes = bench.device.flushes();
    int[] confirmed = new int[1];
    for (int i = 1; i <= 20; i++) {
      append(i, 0, error -> confirmed[0]++);
    }
    bench.loop.run();
    assertThat(confirmed[0]).isEqualTo(20);
    assertThat(bench.device.flushes() - flushes).isLessThanOrEqualTo(2);
  }

  @Test
  void anEntryIsReadBackFromTheLogOnceItLeftTheCache() {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      entries.add(append(i, 0, error -> {}));
      bench.loop.run();
    }
    for (LogEntry entry : entries) {
      LogEntry[] found = new LogEntry[1];
      replica.log().read(entry.index(), (read, error) -> found[0] = read);
      bench.loop.run();
      assertThat(found[0].header()).isEqualTo(entry.header());
      assertThat(found[0].payload()).isEqualTo(entry.payload());
    }
  }

  @Test
  void neverWrittenBytesAreZeroAndTakeNoBlock() {
    long free = bench.disk.freeBlocks();
    assertThat(bench.read(replica, 128 << 10, 16384)).containsOnly(0);
    replica.blocks().write(0, DiskBench.pattern(1, 4096), error -> {});
    bench.loop.run();
    assertThat(bench.disk.freeBlocks()).isEqualTo(free - 1);
    assertThat(bench.read(replica, 4096, 4096)).containsOnly(0);
    assertThat(replica.blocks().nextWritten(0)).isZero();
    assertThat(replica.blocks().nextWritten(4096)).isEqualTo(DiskBench.CHUNK_BYTES);
  }

  @Test
  void aFlippedBitIsNeverReturned() {
    byte[] page = DiskBench.pattern(3, 16384);
    replica.blocks().write(0, page, error -> {});
    sync();
    assertThat(bench.read(replica, 0, 16384)).isEqualTo(page);
    bench.device.flip(bench.disk.superblock().geometry().block(0) + 5000);
    assertThatThrownBy(() -> bench.read(replica, 0, 16384))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(CorruptSectorException.class);
    assertThat(replica.blocks().corruptSectors()).isEqualTo(1);
    assertThat(bench.read(replica, 8192, 8192)).isEqualTo(Arrays.copyOfRange(page, 8192, 16384));
  }

  @Test
  void bytesOfAnotherStateAreNotTakenForARepair() {
    byte[] page = DiskBench.pattern(3, 4096);
    replica.blocks().write(0, page, error -> {});
    assertThat(replica.blocks().repair(0, 0, 0, page)).isEqualTo(ChunkBlocks.Repair.NOT_NEEDED);
    sync();
    byte[] older = DiskBench.pattern(2, 4096);
    assertThat(replica.blocks().repair(0, 0, 0, older)).isEqualTo(ChunkBlocks.Repair.OTHER_BYTES);
    bench.device.flip(replica.blocks().placeOf(0) + 17);
    assertThat(replica.blocks().repair(0, 0, 0, older)).isEqualTo(ChunkBlocks.Repair.OTHER_BYTES);
    assertThat(replica.blocks().repair(0, 0, 0, page)).isEqualTo(ChunkBlocks.Repair.TAKEN);
    sync();
    assertThat(bench.device.bytes(replica.blocks().placeOf(0), 4096)).isEqualTo(page);
    assertThat(bench.read(replica, 0, 4096)).isEqualTo(page);
  }

  @Test
  void aFullDiskFailsTheWriteAndHarmsNothing() {
    long blocks = bench.disk.freeBlocks();
    assertThat(blocks).isGreaterThan(DiskBench.CHUNK_BYTES / 65536);
    DiskReplica second = create(new ChunkId(1, 1), 64L << 20);
    IOException[] failed = new IOException[1];
    long offset = 0;
    while (failed[0] == null) {
      second.blocks().write(offset, DiskBench.pattern(offset, 4096), error -> failed[0] = error);
      bench.loop.run();
      offset += 65536;
    }
    assertThat(failed[0]).hasMessageContaining("no free block");
    assertThat(offset / 65536 - 1).isEqualTo(blocks);
    assertThat(bench.read(second, 0, 4096)).isEqualTo(DiskBench.pattern(0, 4096));
    assertThat(second.blocks().reserve(offset, 4096)).isFalse();
    assertThat(bench.disk.failure()).isNull();
  }

  @Test
  void deletingAReplicaFreesItsBlocksAndStaysDeletedAfterACrash() {
    long free = bench.disk.freeBlocks();
    replica.blocks().write(0, DiskBench.pattern(1, 262144), error -> {});
    sync();
    IOException[] failed = new IOException[1];
    bench.disk.delete(DiskBench.CHUNK, error -> failed[0] = error);
    bench.loop.run();
    assertThat(failed[0]).isNull();
    assertThat(bench.disk.freeBlocks()).isEqualTo(free);
    bench.crash(new RandomStream(1));
    bench.openOrFail();
    assertThat(bench.disk.replicas()).isEmpty();
    assertThat(bench.disk.freeBlocks()).isEqualTo(free);
    DiskReplica again = bench.create();
    assertThat(bench.read(again, 0, 262144)).containsOnly(0);
    assertThat(again.recovered().entries()).isEmpty();
  }

  @Test
  void aFailedFlushEndsTheDiskAndNothingIsConfirmedAnyMore() {
    List<IOException> told = new ArrayList<>();
    bench.disk.onFailure(told::add);
    bench.device.failFlushes(true);
    IOException[] first = new IOException[1];
    append(1, 0, error -> first[0] = error);
    bench.loop.run();
    bench.device.failFlushes(false);
    IOException[] second = new IOException[1];
    append(2, 0, error -> second[0] = error);
    bench.loop.run();
    assertThat(first[0]).hasMessageContaining("flush failed");
    assertThat(second[0]).isSameAs(first[0]);
    assertThat(told).containsExactly(first[0]);
    assertThat(bench.disk.failure()).isSameAs(first[0]);
  }

  @Test
  void theLogIsReusedForEverWhenItIsTrimmed() {
    long walBytes = bench.disk.walBytes();
    long written = 0;
    for (long i = 1; written < 4 * walBytes; i++) {
      LogEntry entry = append(i, (i % 16) * 16384, error -> {});
      bench.loop.run();
      replica.blocks().write(entry.header().offset(), entry.payload(), error -> {});
      if (i % 10 == 0) {
        sync();
        replica.log().saveSnapshot(new Snapshot(i, new byte[0]), error -> {});
      }
      bench.disk.checkpointIfDue();
      bench.loop.run();
      written += entry.payload().length;
    }
    assertThat(bench.disk.failure()).isNull();
    bench.crash(new RandomStream(2));
    bench.openOrFail();
  }

  @Test
  void aStateSavedBehindACheckpointsMomentIsNotTakenForOlder() {
    append(1, 0, error -> {});
    bench.loop.execute(() -> append(2, 0, error -> {})); // gathers while the first is written
    bench.disk.sync(error -> {}); // its moment comes before the second's batch is closed
    HardState later = new HardState(7, 3, 0, 1, 0, 0, 0, Membership.NONE);
    bench.loop.execute(() -> replica.log().saveHardState(later, error -> {}));
    bench.loop.run();
    assertThat(bench.disk.checkpoints()).isEqualTo(1);
    bench.crash(new RandomStream(5));
    bench.openOrFail();
    assertThat(bench.disk.replicas().iterator().next().recovered().hardState()).isEqualTo(later);
  }

  @Test
  void entriesOfAnIdleReplicaDoNotKeepTheLogFromBeingCut() {
    DiskReplica idle = create(new ChunkId(2, 0), 1 << 20);
    LogEntry kept = DiskBench.write(1, 0, DiskBench.pattern(99, 8192));
    idle.log().append(kept, error -> {});
    idle.log().saveHardState(new HardState(7, 3, 0, 1, 0, 0, 0, Membership.NONE), error -> {});
    theLogIsReusedForEverWhenItIsTrimmed();
    DiskReplica back = bench.disk.replica(new ChunkId(2, 0));
    assertThat(back.recovered().entries()).containsExactly(kept.header());
    assertThat(back.recovered().hardState().term()).isEqualTo(7);
    LogEntry[] read = new LogEntry[1];
    back.log().read(1, (entry, error) -> read[0] = entry);
    bench.loop.run();
    assertThat(read[0].payload()).isEqualTo(kept.payload());
  }

  @Test
  void damageToARecordsHeadIsRefusedNotForgotten() {
    for (int i = 1; i <= 5; i++) {
      append(i, 0, error -> {});
      bench.loop.run();
    }
    damageFirstEntry(64 + 50); // behind the batch's header: the entry's header
    assertThat(bench.open(DiskOptions.DEFAULT))
        .isInstanceOf(DiskFormatException.class)
        .hasMessageContaining("lost durable entries");
  }

  @Test
  void anEntryWhosePayloadAloneIsDamagedIsRememberedAndReportedLost() {
    List<LogEntry> written = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      written.add(append(i, 0, error -> {}));
      bench.loop.run();
    }
    damageFirstEntry(64 + 40 + 82 + 1000);
    bench.openOrFail();
    DiskReplica back = bench.disk.replica(DiskBench.CHUNK);
    assertThat(back.recovered().entries())
        .containsExactlyElementsOf(written.stream().map(LogEntry::header).toList());
    assertThat(back.damagedEntries()).isEqualTo(1);
    assertThat(back.log().whole()).isFalse();
    List<LogEntry> read = new ArrayList<>();
    back.readEntry(1, read::add);
    back.readEntry(2, read::add);
    bench.loop.run();
    assertThat(read.getFirst()).isNull();
    assertThat(read.getLast().payload()).isEqualTo(written.get(1).payload());
    back.onLostEntries((header, wanted, found) -> {
      assertThat(header).isEqualTo(written.getFirst().header());
      found.accept(written.getFirst().payload());
    });
    bench.loop.run();
    assertThat(back.log().whole()).isTrue();
    bench.crash(new RandomStream(8));
    bench.openOrFail();
    assertThat(bench.disk.replica(DiskBench.CHUNK).damagedEntries()).isZero();
  }

  @Test
  void damageBesideTheRecordsOfABatchLosesNothing() {
    for (int i = 1; i <= 3; i++) {
      append(i, 0, error -> {});
      bench.loop.run();
    }
    damageFirstEntry(20);
    bench.openOrFail();
    assertThat(bench.disk.replica(DiskBench.CHUNK).recovered().entries()).hasSize(3);
    assertThat(bench.disk.replica(DiskBench.CHUNK).damagedEntries()).isZero();
  }

  /** In the batch behind the one that made the replica. */
  private void damageFirstEntry(int at) {
    bench.device.flip(bench.disk.superblock().geometry().walOffset() + 4096 + at);
    bench.crash(new RandomStream(3));
  }

  @Test
  void oneSuperblockCopyIsEnoughAndForeignDisksAreRefused() {
    bench.device.flip(200);
    bench.device.flip(100);
    bench.crash(new RandomStream(4));
    assertThat(bench.open(DiskOptions.DEFAULT)).isNull();
    IOException[] refused = new IOException[2];
    new DiskOpener(bench.device, bench.loop, DiskOptions.DEFAULT)
        .open(DiskBench.CLUSTER + 1, DiskBench.NODE, (disk, error) -> refused[0] = error);
    bench.loop.run();
    assertThat(refused[0]).hasMessageContaining("belongs to node 3 of cluster 77");
    new DiskFormatter(bench.device)
        .format(
            1,
            1,
            1,
            DiskGeometry.of(DEVICE_BYTES, 1 << 20, 64 << 10),
            false,
            (superblock, error) -> refused[1] = error);
    bench.loop.run();
    assertThat(refused[1]).hasMessageContaining("is the disk of node 3");
    bench.device.flip(65536 + 8);
    assertThat(bench.open(DiskOptions.DEFAULT)).isInstanceOf(DiskFormatException.class);
  }

  @Test
  void theCheckCountsPendingSectorsApartFromCorruptOnes() {
    LogEntry entry = append(1, 0, error -> {});
    bench.loop.run();
    replica.blocks().write(0, entry.payload(), error -> {});
    replica.blocks().write(65536, DiskBench.pattern(5, 4096), error -> {});
    sync();
    assertThat(check().healthy()).isTrue();
    DiskGeometry geometry = bench.disk.superblock().geometry();
    bench.device.flip(geometry.block(0));
    DiskCheck.Report pending = check();
    assertThat(pending.pendingSectors()).isEqualTo(1);
    assertThat(pending.healthy()).isTrue();
    bench.device.flip(geometry.block(1));
    DiskCheck.Report corrupt = check();
    assertThat(corrupt.corruptSectors()).isEqualTo(1);
    assertThat(corrupt.findings().getFirst()).contains("chunk 1.0").contains("65536");
    assertThat(corrupt.logEntries()).isEqualTo(1);
  }

  private DiskCheck.Report check() {
    DiskCheck.Report[] report = new DiskCheck.Report[1];
    new DiskCheck(bench.device, bench.loop).run((found, error) -> report[0] = found);
    bench.loop.run();
    return report[0];
  }

  private DiskReplica create(ChunkId chunk, long bytes) {
    DiskReplica[] made = new DiskReplica[1];
    bench.disk.create(chunk, bytes, 1, DiskBench.MEMBERS, (created, error) -> made[0] = created);
    bench.loop.run();
    return made[0];
  }

  private LogEntry append(long index, long offset, IoCallback durable) {
    LogEntry entry = DiskBench.write(index, offset, DiskBench.pattern(index, 16384));
    replica.log().append(entry, durable);
    return entry;
  }

  private void sync() {
    IOException[] failed = new IOException[1];
    boolean[] done = new boolean[1];
    bench.disk.sync(error -> {
      failed[0] = error;
      done[0] = true;
    });
    bench.loop.run();
    assertThat(done[0]).isTrue();
    assertThat(failed[0]).isNull();
  }
}
