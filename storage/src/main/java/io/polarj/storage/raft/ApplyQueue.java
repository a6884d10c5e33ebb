package io.polarj.storage.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Applies decided entries to the blocks, out of order where nothing overlaps, and lets reads see
 * the blocks only when no overlapping decided entry waits.
 *
 * <p>An entry is applied when it conflicts with no earlier entry that is not applied (INV-RAFT-7).
 * About an earlier entry that is held and decided its own header says what it overlaps; about any
 * other only the conflict set of the later entry is believed, and only as far back as it reaches:
 * an undecided local entry may not be the one its leader meant.
 */
final class ApplyQueue {
  private static final int PARALLEL_APPLIES = 64;

  /**
   * Payloads read from the log at a time. Without a bound a start would read everything that the
   * log retains at once, and look at all of it again whenever one of them arrives.
   */
  private static final int PARALLEL_LOADS = 64;

  /**
   * So many entries that wait are enough to look behind: every later one is compared with each of
   * them. The first of them never waits for another.
   */
  private static final int MOST_BLOCKERS = 256;

  private final Journal journal;
  private final ChunkStore store;
  private final RaftSettings settings;
  private final Consumer<IOException> failed;
  private final Runnable progressed;
  private final List<PendingRead> waitingReads = new ArrayList<>();
  private final List<PendingRead> activeReads = new ArrayList<>();
  private final List<Slot> blockers = new ArrayList<>();
  private final List<Long> blockerIndices = new ArrayList<>();
  private final long recoveredLast;
  private long applied;
  private int applying;
  private int loading;
  private int suspensions;
  private boolean closed;

  /** After the entries applied; at a start it may know more than that, which changes nothing. */
  private SnapshotSet snapshots;

  /** Of the present content, or of a snapshot unless that is 0. */
  private record PendingRead(
      int snapshot, long upTo, long offset, int length, ReadReplyCallback done) {}

  ApplyQueue(
      Journal journal,
      ChunkStore store,
      RaftSettings settings,
      Consumer<IOException> failed,
      Runnable progressed) {
    this.journal = journal;
    this.store = store;
    this.settings = settings;
    this.failed = failed;
    this.progressed = progressed;
    this.applied = journal.snapshot().index();
    this.recoveredLast = journal.last();
    journal.onDecidedDurable(this::poke);
    this.snapshots = withRecovered(journal.clients().snapshots());
    store.snapshots(snapshots);
  }

  /** Entries above the decided prefix that the blocks hold already have told of snapshots too. */
  private SnapshotSet withRecovered(SnapshotSet decided) {
    SnapshotSet known = decided;
    for (long i = journal.decided() + 1; i <= journal.last(); i++) {
      Slot slot = journal.slot(i);
      if (slot != null && slot.applied) {
        known = known.after(slot.header);
      }
    }
    return known;
  }

  /** Which snapshots there are. */
  SnapshotSet snapshots() {
    return snapshots;
  }

  /** The lowest era of which entries may be lacking in the blocks. */
  int eraLacking() {
    return replayed() ? snapshots.era() : Era.FIRST.number();
  }

  private void know(SnapshotSet newer) {
    if (!newer.equals(snapshots)) {
      snapshots = newer;
      store.snapshots(newer);
    }
  }

  /**
   * Which entries the blocks hold now; durable once what was written so far is. Nothing above the
   * prefix is vouched for while a copy comes in, for a piece may put back an older state there.
   */
  AppliedEntries appliedEntries() {
    long through = Math.max(applied, journal.snapshot().index());
    long last = suspensions > 0 ? through : journal.last();
    long[] above = new long[AppliedEntries.MOST_WORDS];
    int words = 0;
    for (long i = through + 1; i <= Math.min(last, through + 64L * above.length); i++) {
      Slot slot = journal.slot(i);
      if (slot != null && slot.decided && slot.applied) {
        int bit = (int) (i - through - 1);
        above[bit >> 6] |= 1L << (bit & 63);
        words = (bit >> 6) + 1;
      }
    }
    return new AppliedEntries(through, Arrays.copyOf(above, words));
  }

  /** Everything up to here is applied. */
  long applied() {
    return applied;
  }

  /** At or above the index of every entry applied so far that touches the range. */
  long appliedThrough(long offset, int length) {
    long newest = applied;
    for (long i = applied + 1; i <= journal.last(); i++) {
      Slot slot = journal.slot(i);
      if (slot != null && (slot.applied || slot.applying) && slot.header.overlaps(offset, length)) {
        newest = i;
      }
    }
    return newest;
  }

  /** Whether the log holds every index above that one, and none of them touches the range. */
  boolean untouchedAbove(long index, long offset, int length) {
    for (long i = index + 1; i <= journal.last(); i++) {
      Slot slot = journal.slot(i);
      if (slot == null || slot.header.overlaps(offset, length)) {
        return false;
      }
    }
    return true;
  }

  boolean idle() {
    return applying == 0 && activeReads.isEmpty();
  }

  /** While a full copy comes in nothing is applied: the copy may already be newer. */
  void suspend() {
    suspensions++;
  }

  /**
   * A piece of the copy may have been read before an entry was decided that was then applied here,
   * and have come after it: whatever is above the applied prefix is applied again.
   */
  void resume() {
    suspensions--;
    if (journal.snapshot().index() > applied) {
      applied = journal.snapshot().index();
      know(ClientTable.decode(journal.snapshot().state()).snapshots());
    }
    for (long i = applied + 1; i <= journal.last(); i++) {
      Slot slot = journal.slot(i);
      if (slot != null && !slot.applying) {
        slot.applied = false;
      }
    }
    poke();
  }

  /** Reads once every overlapping decided entry up to the index is applied. */
  void read(long upTo, long offset, int length, ReadReplyCallback done) {
    read(0, upTo, offset, length, done);
  }

  /** Reads what a snapshot shows, or the present content when that is 0. */
  void read(int snapshot, long upTo, long offset, int length, ReadReplyCallback done) {
    waitingReads.add(new PendingRead(snapshot, upTo, offset, length, done));
    startReads();
  }

  /** Starts whatever may start now. */
  void poke() {
    if (closed) {
      return;
    }
    long before = -1;
    while (suspensions == 0 && before != applied) { // a scan reaches only so far above applied
      before = applied;
      scan();
      while (finished(applied + 1)) {
        applied++;
      }
    }
    startReads();
  }

  void close() {
    closed = true;
    for (PendingRead read : waitingReads) {
      read.done.completed(Outcome.NOT_LEADER, null);
    }
    waitingReads.clear();
  }

  /** Answers the reads that wait; the ones on disk finish. */
  void refuseReads() {
    List<PendingRead> refused = new ArrayList<>(waitingReads);
    waitingReads.clear();
    for (PendingRead read : refused) {
      read.done.completed(Outcome.NOT_LEADER, null);
    }
  }

  private boolean finished(long index) {
    Slot slot = journal.slot(index);
    return slot != null && slot.decided && slot.applied;
  }

  private void scan() {
    blockers.clear();
    blockerIndices.clear();
    long end = Math.min(journal.last(), applied + settings.acceptWindow() * 2L);
    for (long i = applied + 1; i <= end && applying < PARALLEL_APPLIES; i++) {
      Slot slot = journal.slot(i);
      if (slot != null && slot.applied) {
        continue;
      }
      if (!mayStart(slot) || blocked(i, slot) || !start(i, slot)) {
        if (settings.inOrder() && !settings.plants(PlantedBug.APPLY_OVERLAPPING_OUT_OF_ORDER)) {
          return;
        }
        blockers.add(slot);
        blockerIndices.add(i);
        if (blockers.size() == MOST_BLOCKERS) {
          return;
        }
      }
    }
  }

  /**
   * Not before the entry is durable here: a block that is newer than its checksum says after a
   * crash is then always covered by an entry that the log holds.
   */
  private boolean mayStart(Slot slot) {
    return slot != null && slot.decided && slot.durable && !slot.applying;
  }

  private boolean blocked(long index, Slot slot) {
    if (slot.header.kind() == EntryKind.NOOP) {
      return false;
    }
    if (settings.plants(PlantedBug.APPLY_OVERLAPPING_OUT_OF_ORDER)) {
      return false;
    }
    for (int b = 0; b < blockers.size(); b++) {
      Slot earlier = blockers.get(b);
      if (earlier != null && earlier.header.conflictsWith(slot.header)) {
        return true;
      }
      if (earlier == null || !earlier.decided) {
        long back = index - blockerIndices.get(b) - 1;
        boolean known =
            back < slot.header.lookBehind()
                && slot.header.segment() == journal.hard().barrierTerm()
                && blockerIndices.get(b) >= journal.hard().barrierStart();
        if (!known || (slot.header.conflicts() >>> back & 1) != 0) {
          return true;
        }
      }
    }
    for (PendingRead read : activeReads) {
      if (touches(slot, read)) {
        return true;
      }
    }
    return false;
  }

  /** What a snapshot shows is changed by nothing but entries about snapshots. */
  private static boolean touches(Slot slot, PendingRead read) {
    return slot.header.overlaps(read.offset, read.length)
        && (read.snapshot == 0 || slot.header.kind().ofSnapshots());
  }

  /** Whether the slot is applied at once; otherwise it is under way. */
  private boolean start(long index, Slot slot) {
    EntryKind kind = slot.header.kind();
    if (!kind.changesBytes()) {
      know(snapshots.after(slot.header));
      if (kind != EntryKind.RESTORE) {
        slot.applied = true;
        return true;
      }
    }
    if (slot.payload == null) {
      if (!slot.loading && loading < PARALLEL_LOADS) {
        slot.loading = true;
        loading++;
        journal.read(
            index,
            entry -> {
              slot.loading = false;
              loading--;
              slot.payload = entry.payload();
              poke();
            });
      }
      return false;
    }
    slot.applying = true;
    applying++;
    know(snapshots.after(slot.header));
    Era era = Era.of(slot.header.era());
    switch (kind) {
      case RESTORE -> store.restore(slot.header.snapshot(), era, error -> ended(slot, error));
      case DISCARD ->
          store.discard(
              slot.header.offset(), slot.header.length(), era, error -> ended(slot, error));
      default -> store.write(slot.header.offset(), slot.payload, era, error -> ended(slot, error));
    }
    return false;
  }

  private void ended(Slot slot, IOException error) {
    if (closed) {
      return;
    }
    applying--;
    slot.applying = false;
    if (error != null) {
      failed.accept(error);
      return;
    }
    slot.applied = true;
    slot.payload = slot.header.payloadBytes() == 0 ? LogEntry.EMPTY : null;
    poke();
    progressed.run();
  }

  private void startReads() {
    if (closed || waitingReads.isEmpty()) {
      return;
    }
    List<PendingRead> ready = new ArrayList<>();
    for (Iterator<PendingRead> it = waitingReads.iterator(); it.hasNext(); ) {
      PendingRead read = it.next();
      if (!waits(read)) {
        it.remove();
        ready.add(read);
      }
    }
    for (PendingRead read : ready) {
      if (read.snapshot != 0 && !snapshots.has(read.snapshot)) {
        read.done.completed(Outcome.NO_SNAPSHOT, null);
        continue;
      }
      activeReads.add(read);
      if (read.snapshot == 0) {
        store.read(read.offset, read.length, (bytes, error) -> finishRead(read, bytes, error));
      } else {
        store.read(
            read.snapshot,
            read.offset,
            read.length,
            (bytes, error) -> finishRead(read, bytes, error));
      }
    }
  }

  private void finishRead(PendingRead read, byte[] bytes, IOException error) {
    activeReads.remove(read);
    if (closed) {
      return;
    }
    if (error == null) {
      read.done.completed(Outcome.OK, bytes);
    } else {
      read.done.completed(Outcome.FAILED, null);
      if (replayed() && !(error instanceof DamagedDataException)) {
        failed.accept(error);
      }
    }
    poke();
  }

  /**
   * Whether everything found in the log after a start is applied again. Until then a block may be
   * newer than its checksum says, for it was written after the last checkpoint: that a read (for a
   * copy; clients are not served yet) fails says nothing against the disk.
   */
  boolean replayed() {
    return applied >= Math.min(recoveredLast, journal.last());
  }

  private boolean waits(PendingRead read) {
    for (long i = applied + 1; i <= journal.last(); i++) {
      Slot slot = journal.slot(i);
      if (slot == null || slot.applied || !touches(slot, read)) {
        continue;
      }
      boolean mustSee =
          slot.decided && i <= read.upTo && !settings.plants(PlantedBug.READ_AROUND_UNAPPLIED);
      if (slot.applying || mustSee) {
        return true;
      }
    }
    return false;
  }
}
