package io.polarj.storage.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.random.RandomStream;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A short life of one replica (16 KiB writes that overlap, checkpoints, trimmed log, hard states),
 * cut off after every single I/O, also during what follows recovery. After each cut: everything
 * confirmed is there, in order, without holes, and the blocks after applying the log again are
 * exactly the model's (INV-WAL-1, INV-CKPT-1, INV-CKPT-2, INV-CKPT-4, S1, S3). What the last
 * checkpoint says the blocks hold is not applied again; some entries are applied out of order.
 */
class CrashPointTest {
  private static final long DEVICE_BYTES = 3 << 20;
  private static final int WRITES = 60;
  private static final int WRITE_BYTES = 16384;
  private static final int PLACES = 40;

  /** What the world outside the disk knows. */
  private static final class Model {
    final List<LogEntry> written = new ArrayList<>();
    long confirmed;
    long confirmedTerm;
    long snapshotConfirmed;
    boolean created;
  }

  /** The size of a separate log device; 0 for a disk that keeps its log in itself. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1 << 20) + (64 << 10)})
  void nothingConfirmedIsLostWhereverThePowerGoes(long wal) {
    long operations = operationsOfAFullRun(wal);
    assertThat(operations).isGreaterThan(100);
    for (long k = 0; k <= operations; k++) {
      for (int luck = 0; luck < 2; luck++) {
        runWithCrash(wal, k, 1000 * k + luck, -1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, (1 << 20) + (64 << 10)})
  void aCrashDuringRecoveryAndTheCheckpointAfterItLosesNothing(long wal) {
    long operations = operationsOfAFullRun(wal);
    for (long k = 5; k <= operations; k += 17) {
      for (long j = 0; j < 90; j += 2 + k % 5) {
        runWithCrash(wal, k, 77_000 * k + j, j);
      }
    }
  }

  private static long operationsOfAFullRun(long wal) {
    DiskBench bench = DiskBench.formatted(DEVICE_BYTES, wal);
    long before = bench.device.operations();
    Model model = new Model();
    bench.openOrFail();
    live(bench, model, 1);
    assertThat(model.confirmed).isEqualTo(WRITES);
    assertThat(bench.disk.checkpoints()).isGreaterThan(3);
    return bench.device.operations() - before;
  }

  private static void runWithCrash(long wal, long k, long seed, long secondCrashAfter) {
    String where =
        "log device %d, crash after I/O %d, then %d, seed %d"
            .formatted(wal, k, secondCrashAfter, seed);
    RandomStream random = new RandomStream(seed);
    DiskBench bench = DiskBench.formatted(DEVICE_BYTES, wal);
    Model model = new Model();
    bench.device.dieAfter(k);
    IOException refused = bench.open(new DiskOptions(64 << 10, 64 << 10));
    assertThat(refused).as(where).isNull();
    if (bench.disk != null) {
      live(bench, model, 1);
    }
    bench.crash(random);
    if (secondCrashAfter >= 0) {
      bench.device.dieAfter(secondCrashAfter);
      assertThat(bench.open(new DiskOptions(0, 64 << 10))).as(where).isNull();
      if (bench.disk != null) {
        DiskReplica replica = bench.disk.replica(DiskBench.CHUNK);
        if (replica != null) {
          long last = reapply(bench, replica);
          bench.disk.sync(error -> {});
          bench.loop.run();
          model
              .written
              .subList((int) Math.min(last, model.written.size()), model.written.size())
              .clear();
          live(bench, model, last + 1);
        }
      }
      bench.crash(random);
    }
    assertThat(bench.open(new DiskOptions(0, 64 << 10))).as(where).isNull();
    check(bench, model, where);
  }

  /** Applies some entries one later than their turn, and knows which ones the blocks hold. */
  private static final class Applier {
    private final DiskReplica replica;
    private final TreeSet<Long> applied = new TreeSet<>();
    private long through;
    private LogEntry held;

    Applier(DiskReplica replica) {
      this.replica = replica;
      AppliedEntries before = replica.recovered().applied();
      through = Math.max(before.through(), replica.recovered().snapshot().index());
      for (EntryHeader header : replica.recovered().entries()) {
        through = Math.max(through, header.index()); // applied again by now
      }
      replica.onCheckpoint(this::entries);
    }

    void durable(LogEntry entry) {
      if (held == null && entry.index() % 6 == 5) {
        held = entry;
        return;
      }
      if (held != null && overlap(held.header(), entry.header())) {
        applyHeld();
      }
      apply(entry);
      applyHeld();
    }

    void applyHeld() {
      if (held != null) {
        apply(held);
        held = null;
      }
    }

    private void apply(LogEntry entry) {
      DiskBench.apply(replica, entry);
      applied.add(entry.index());
      while (applied.remove(through + 1)) {
        through++;
      }
    }

    private static boolean overlap(EntryHeader a, EntryHeader b) {
      return a.offset() < b.offset() + b.length() && b.offset() < a.offset() + a.length();
    }

    private AppliedEntries entries() {
      long word = 0;
      for (long index : applied) {
        word |= 1L << index - through - 1;
      }
      return new AppliedEntries(through, new long[] {word});
    }
  }

  /** Writes entries from that index on, applies each when it is durable, trims now and then. */
  private static void live(DiskBench bench, Model model, long from) {
    Disk disk = bench.disk;
    DiskReplica[] replica = {disk.replica(DiskBench.CHUNK)};
    if (replica[0] == null) {
      disk.create(
          DiskBench.CHUNK,
          DiskBench.CHUNK_BYTES,
          1,
          DiskBench.MEMBERS,
          (made, error) -> {
            replica[0] = made;
            model.created = error == null;
          });
      bench.loop.run();
    }
    if (replica[0] == null) {
      return;
    }
    Applier applier = new Applier(replica[0]);
    for (long i = from; i <= Math.max(WRITES, from + 12); i++) {
      long index = i;
      long offset = (index * 13 % PLACES) * 8192;
      boolean discards = index % 7 == 3;
      LogEntry entry =
          discards
              ? DiskBench.discard(index, index % 5 * 65536, 65536)
              : DiskBench.write(index, offset, DiskBench.pattern(index, WRITE_BYTES));
      model.written.add(entry);
      replica[0]
          .log()
          .append(
              entry,
              error -> {
                if (error == null) {
                  model.confirmed = index;
                  applier.durable(entry);
                }
              });
      if (index % 4 == 0) {
        bench.loop.run();
      }
      if (index % 5 == 0) {
        replica[0]
            .log()
            .saveHardState(
                new HardState(index, 1, 0, 1, 0, 0, 0, Membership.NONE),
                error -> model.confirmedTerm = error == null ? index : model.confirmedTerm);
      }
      if (index % 9 == 0) {
        bench.loop.run();
        trim(bench, replica[0], model, index);
      }
    }
    bench.loop.run();
    applier.applyHeld();
    bench.loop.run();
  }

  private static void trim(DiskBench bench, DiskReplica replica, Model model, long index) {
    if (model.confirmed < index) {
      return;
    }
    bench.disk.sync(error -> {
      if (error == null) {
        replica
            .log()
            .saveSnapshot(
                new Snapshot(index, new byte[] {(byte) index}),
                saved -> model.snapshotConfirmed = saved == null ? index : model.snapshotConfirmed);
      }
    });
  }

  /** What a replica does at start: applies what is not in the blocks. Answers the last index. */
  private static long reapply(DiskBench bench, DiskReplica replica) {
    long last = replica.recovered().snapshot().index();
    AppliedEntries inBlocks = replica.recovered().applied();
    for (EntryHeader header : replica.recovered().entries()) {
      if (inBlocks.contains(header.index())) {
        last = header.index();
        continue;
      }
      LogEntry[] found = new LogEntry[1];
      replica.log().read(header.index(), (entry, error) -> found[0] = entry);
      bench.loop.run();
      if (found[0] == null) {
        return last; // the device died
      }
      DiskBench.apply(replica, found[0]);
      last = header.index();
    }
    bench.loop.run();
    return last;
  }

  private static void check(DiskBench bench, Model model, String where) {
    DiskReplica replica = bench.disk.replica(DiskBench.CHUNK);
    if (replica == null) {
      assertThat(model.created).as(where).isFalse();
      return;
    }
    long snapshot = replica.recovered().snapshot().index();
    assertThat(snapshot).as(where).isGreaterThanOrEqualTo(model.snapshotConfirmed);
    assertThat(replica.recovered().hardState().term())
        .as(where)
        .isGreaterThanOrEqualTo(model.confirmedTerm);
    long expected = snapshot;
    for (EntryHeader header : replica.recovered().entries()) {
      assertThat(header.index()).as(where).isEqualTo(++expected);
    }
    assertThat(expected).as(where).isGreaterThanOrEqualTo(model.confirmed);
    assertThat(reapply(bench, replica)).as(where).isEqualTo(expected);
    TreeMap<Long, byte[]> sectors = new TreeMap<>();
    for (LogEntry entry : model.written) {
      if (entry.index() <= expected) {
        for (int at = 0; at < entry.header().length(); at += 4096) {
          sectors.put(
              entry.header().offset() + at,
              entry.payload().length == 0
                  ? new byte[4096]
                  : Arrays.copyOfRange(entry.payload(), at, at + 4096));
        }
      }
    }
    for (long offset = 0; offset < DiskBench.CHUNK_BYTES; offset += 4096) {
      byte[] want = sectors.getOrDefault(offset, new byte[4096]);
      byte[] got = bench.read(replica, offset, 4096);
      if (!Arrays.equals(want, got)) {
        throw new AssertionError(where + ": sector at " + offset + " differs");
      }
    }
  }
}
