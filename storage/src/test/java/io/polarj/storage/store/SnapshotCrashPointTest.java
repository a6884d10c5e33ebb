package io.polarj.storage.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.EntryKind;
import io.polarj.storage.raft.Era;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.raft.RequestId;
import io.polarj.storage.raft.Snapshot;
import io.polarj.storage.raft.SnapshotSet;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The life of one replica whose snapshots come, go and are restored between writes and discards,
 * cut off after every single I/O, also during what follows recovery. After each cut the log is
 * applied again over the block table that the last checkpoint left: the present content and that of
 * every live snapshot are exactly the model's, and nothing is leaked (INV-VER-1 to 3).
 */
class SnapshotCrashPointTest {
  private static final long DEVICE_BYTES = 6 << 20;
  private static final int ENTRIES = 90;
  private static final int BLOCKS = 6;
  private static final int BLOCK_BYTES = 65536;

  /** The log as the world outside the disk knows it; the same for all lives of a run. */
  private static final List<LogEntry> LOG = log(7);

  @Test
  void nothingIsLostAndNoSnapshotChangesWhereverThePowerGoes() {
    long operations = operationsOfAFullRun();
    assertThat(operations).isGreaterThan(100);
    for (long k = 0; k <= operations; k += 3 + k % 2) {
      runWithCrash(k, 1000 * k, -1);
    }
  }

  @Test
  void aCrashDuringRecoveryLosesNothing() {
    long operations = operationsOfAFullRun();
    for (long k = 5; k <= operations; k += 53) {
      for (long j = 0; j < 60; j += 3 + k % 5) {
        runWithCrash(k, 77_000 * k + j, j);
      }
    }
  }

  @Test
  void writingOverWhatASnapshotShowsIsCaught() {
    DiskBench bench = DiskBench.formatted(DEVICE_BYTES);
    DiskOptions careless =
        new DiskOptions(64 << 10, 64 << 10).planting(Set.of(PlantedBug.SKIP_COPY_ON_WRITE));
    assertThat(bench.open(careless)).isNull();
    Life life = new Life(bench, bench.create(), 0, SnapshotSet.NONE);
    life.live(1);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> check(life, ENTRIES, "planted"))
        .isInstanceOf(AssertionError.class);
  }

  private static long operationsOfAFullRun() {
    DiskBench bench = DiskBench.formatted(DEVICE_BYTES);
    long before = bench.device.operations();
    bench.openOrFail();
    Life life = new Life(bench, bench.create(), 0, SnapshotSet.NONE);
    life.live(1);
    assertThat(life.confirmed).isEqualTo(ENTRIES);
    check(life, ENTRIES, "without a crash");
    return bench.device.operations() - before;
  }

  private static void runWithCrash(long k, long seed, long secondCrashAfter) {
    String where = "crash after I/O %d, then %d, seed %d".formatted(k, secondCrashAfter, seed);
    RandomStream random = new RandomStream(seed);
    DiskBench bench = DiskBench.formatted(DEVICE_BYTES);
    bench.openOrFail();
    DiskReplica made = bench.create();
    long confirmed = 0;
    bench.device.dieAfter(k);
    Life first = new Life(bench, made, 0, SnapshotSet.NONE);
    first.live(1);
    confirmed = first.confirmed;
    bench.crash(random);
    if (secondCrashAfter >= 0) {
      bench.device.dieAfter(secondCrashAfter);
      assertThat(bench.open(new DiskOptions(0, 64 << 10))).as(where).isNull();
      if (bench.disk != null) {
        Life again = recovered(bench, random);
        again.live(again.last + 1);
        confirmed = Math.max(confirmed, again.confirmed);
      }
      bench.crash(random);
    }
    assertThat(bench.open(new DiskOptions(0, 64 << 10))).as(where).isNull();
    Life last = recovered(bench, random);
    assertThat(last.last).as(where).isGreaterThanOrEqualTo(confirmed);
    check(last, last.last, where);
  }

  /** Applies what the log holds; like a replica, it may know of later snapshots from the start. */
  private static Life recovered(DiskBench bench, RandomStream random) {
    DiskReplica replica = bench.disk.replica(DiskBench.CHUNK);
    long trimmed = replica.recovered().snapshot().index();
    List<EntryHeader> headers = replica.recovered().entries();
    long last = headers.isEmpty() ? trimmed : headers.getLast().index();
    long known = trimmed + random.nextLong(last - trimmed + 1);
    Life life = new Life(bench, replica, last, setAfter(known));
    for (EntryHeader header : headers) {
      assertThat(header).isEqualTo(LOG.get((int) header.index() - 1).header());
      life.apply(LOG.get((int) header.index() - 1));
    }
    bench.loop.run();
    return life;
  }

  private static SnapshotSet setAfter(long index) {
    SnapshotSet set = SnapshotSet.NONE;
    for (LogEntry entry : LOG.subList(0, (int) index)) {
      set = set.after(entry.header());
    }
    return set;
  }

  /** One time between two crashes; entries are applied one after the other. */
  private static final class Life {
    final DiskBench bench;
    final DiskReplica replica;
    final long last;
    final ArrayDeque<LogEntry> waiting = new ArrayDeque<>();
    SnapshotSet known;
    boolean applying;
    long applied;
    long confirmed;

    Life(DiskBench bench, DiskReplica replica, long last, SnapshotSet known) {
      this.bench = bench;
      this.replica = replica;
      this.last = last;
      this.known = known;
      replica.blocks().snapshots(known);
    }

    void live(long from) {
      for (long i = from; i <= ENTRIES; i++) {
        LogEntry entry = LOG.get((int) i - 1);
        replica
            .log()
            .append(
                entry,
                error -> {
                  if (error == null) {
                    confirmed = entry.index();
                    apply(entry);
                  }
                });
        if (i % 3 == 0) {
          bench.loop.run();
        }
        if (i % 8 == 0) {
          bench.loop.run();
          trim(i);
        }
      }
      bench.loop.run();
    }

    private void trim(long index) {
      if (applied < index) {
        return;
      }
      bench.disk.sync(error -> {
        if (error == null) {
          replica.log().saveSnapshot(new Snapshot(index, new byte[0]), saved -> {});
        }
      });
    }

    void apply(LogEntry entry) {
      waiting.add(entry);
      next();
    }

    private void next() {
      if (applying || waiting.isEmpty()) {
        return;
      }
      applying = true;
      EntryHeader header = waiting.peek().header();
      byte[] payload = waiting.poll().payload();
      SnapshotSet newer = known.after(header);
      if (!newer.equals(known)) {
        known = newer;
        replica.blocks().snapshots(newer);
      }
      Era era = Era.of(header.era());
      IoCallback done =
          error -> {
            if (error != null) {
              throw new AssertionError("entry " + header, error);
            }
            applying = false;
            applied = header.index();
            next();
          };
      switch (header.kind()) {
        case WRITE -> replica.blocks().write(header.offset(), payload, era, done);
        case DISCARD -> replica.blocks().discard(header.offset(), header.length(), era, done);
        case RESTORE -> replica.blocks().restore(header.snapshot(), era, done);
        default -> done.completed(null);
      }
    }
  }

  private static List<LogEntry> log(long seed) {
    RandomStream random = new RandomStream(seed);
    List<LogEntry> entries = new ArrayList<>();
    SnapshotSet set = SnapshotSet.NONE;
    for (long index = 1; index <= ENTRIES; index++) {
      long dice = random.nextLong(20);
      EntryKind kind = EntryKind.WRITE;
      int subject = 0;
      int era = set.era();
      long offset = random.nextLong(BLOCKS * 16L - 4) * 4096;
      int length = (int) (1 + random.nextLong(4)) * 4096;
      if (dice < 3 && set.live().size() < 4) {
        kind = EntryKind.SNAPSHOT;
        era++;
      } else if (dice < 5 && !set.live().isEmpty()) {
        kind = dice == 3 && index > 30 ? EntryKind.RESTORE : EntryKind.DELETE_SNAPSHOT;
        subject = set.live().get((int) random.nextLong(set.live().size()));
        era += kind == EntryKind.RESTORE ? 1 : 0;
      } else if (dice < 8) {
        kind = EntryKind.DISCARD;
        offset = random.nextLong(BLOCKS) * BLOCK_BYTES;
        length = BLOCK_BYTES;
      }
      boolean data = kind == EntryKind.WRITE || kind == EntryKind.DISCARD;
      byte[] payload = kind == EntryKind.WRITE ? DiskBench.pattern(index, length) : new byte[0];
      EntryHeader header =
          new EntryHeader(
              index,
              1,
              1,
              kind,
              data ? new RequestId(9, index, 1) : RequestId.NONE,
              1,
              data ? offset : 0,
              data ? length : 0,
              0,
              0,
              LogEntry.crcOf(payload),
              era,
              subject);
      set = set.after(header);
      entries.add(new LogEntry(header, payload));
    }
    return entries;
  }

  private static void check(Life life, long upTo, String where) {
    byte[] present = new byte[BLOCKS * BLOCK_BYTES];
    TreeMap<Integer, byte[]> shown = new TreeMap<>();
    SnapshotSet set = SnapshotSet.NONE;
    for (LogEntry entry : LOG.subList(0, (int) upTo)) {
      EntryHeader header = entry.header();
      SnapshotSet after = set.after(header);
      for (int number : after.live()) {
        shown.computeIfAbsent(number, n -> present.clone());
      }
      shown.keySet().retainAll(after.live());
      set = after;
      int offset = (int) header.offset();
      switch (header.kind()) {
        case WRITE -> System.arraycopy(entry.payload(), 0, present, offset, header.length());
        case DISCARD -> Arrays.fill(present, offset, offset + header.length(), (byte) 0);
        case RESTORE ->
            System.arraycopy(shown.get(header.snapshot()), 0, present, 0, present.length);
        default -> {}
      }
    }
    life.bench.loop.run();
    assertThat(life.known).as(where).isEqualTo(set);
    same(life, 0, present, where);
    shown.forEach((number, bytes) -> same(life, number, bytes, where + ", snapshot " + number));
    for (int round = 0; round < 2; round++) {
      life.bench.disk.sync(error -> {});
      life.bench.loop.run();
    }
    long used = life.bench.disk.totalBlocks() - life.bench.disk.freeBlocks();
    assertThat(used).as(where).isEqualTo(life.replica.blocks().allocatedBlocks());
    assertThat(used).as(where).isLessThanOrEqualTo((long) BLOCKS * (1 + set.live().size()));
  }

  private static void same(Life life, int snapshot, byte[] expected, String where) {
    byte[][] found = new byte[1][];
    IOException[] failed = new IOException[1];
    var blocks = life.replica.blocks();
    if (snapshot == 0) {
      blocks.read(
          0,
          expected.length,
          (bytes, error) -> {
            found[0] = bytes;
            failed[0] = error;
          });
    } else {
      blocks.read(
          snapshot,
          0,
          expected.length,
          (bytes, error) -> {
            found[0] = bytes;
            failed[0] = error;
          });
    }
    life.bench.loop.run();
    assertThat(failed[0]).as(where).isNull();
    int at = Arrays.mismatch(found[0], expected);
    if (at >= 0) {
      throw new AssertionError(where + ": byte " + at + " differs");
    }
  }
}
