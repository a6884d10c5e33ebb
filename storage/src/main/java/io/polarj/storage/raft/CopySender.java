package io.polarj.storage.raft;

import io.polarj.storage.protocol.StorageLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the whole chunk to a follower whose missing entries are trimmed, piece by piece, the next
 * only when the one before is written there: slow on purpose, clients come first. The copy stands
 * for the index applied when it began; pieces read later may be newer, which the replay of the log
 * above that index evens out.
 *
 * <p>What the snapshots show comes first, the oldest first, then what was the present era when the
 * copy began: of each only what differs from the one before, and nothing of those that the follower
 * has taken itself. A snapshot taken meanwhile ends that era, whose content is then what the
 * snapshot shows; when a snapshot of the copy is deleted meanwhile, the copy is given up and begins
 * anew.
 */
final class CopySender {
  private static final int BLOCK_BYTES = StorageLimits.BLOCK_BYTES;

  private final Core core;
  private final int to;
  private final long snapshot;
  private final SnapshotSet snapshots;
  private final List<Integer> eras;
  private int layer;
  private long offset;
  private RaftMessage.CopyPiece outstanding;
  private boolean reading;
  private boolean finished;
  private boolean broken;

  CopySender(Core core, int to) {
    this.core = core;
    this.to = to;
    this.snapshot = core.applies.applied();
    this.snapshots = core.applies.snapshots();
    this.eras = new ArrayList<>(snapshots.live());
    eras.add(snapshots.era());
  }

  /** The log above this index must stay until the copy has ended. */
  long snapshot() {
    return snapshot;
  }

  boolean finished() {
    return finished;
  }

  /** Sends nothing any more: what it still reads must not go out under a later term. */
  void end() {
    finished = true;
    outstanding = null;
  }

  /** Whether another copy has to take its place. */
  boolean broken() {
    return broken;
  }

  /** Sends the outstanding piece again, or starts. */
  void tick() {
    if (outstanding != null) {
      core.send(to, outstanding);
    } else if (!reading && !finished && !broken) {
      next();
    }
  }

  /** Goes on wherever the follower is, which may be further back after a repeated message. */
  void onAck(RaftMessage.CopyAck ack) {
    if (ack.snapshot() != snapshot || finished || broken) {
      return;
    }
    if (ack.installed()) {
      finished = true;
      outstanding = null;
    } else if (outstanding != null
        && (ack.era() != outstanding.era() || ack.next() != outstanding.start())
        && ack.next() <= core.store.size()) {
      seek(ack.era(), ack.next());
      outstanding = null;
      next();
    }
  }

  /** Goes to the first era that is not below the one asked for. */
  private void seek(int era, long at) {
    layer = 0;
    while (layer < eras.size() && eras.get(layer) < era) {
      layer++;
    }
    offset = layer < eras.size() && eras.get(layer) == era ? at : 0;
  }

  private void next() {
    long size = core.store.size();
    if (layer == eras.size()) {
      send(0, false, true, size, new byte[0], core.journal.clients().encode(snapshots));
      return;
    }
    SnapshotSet known = core.applies.snapshots();
    int era = eras.get(layer);
    int before = before();
    boolean present = era == known.era();
    if (!present && !known.has(era) || before != 0 && !known.has(before)) {
      broken = true; // what it shows is being forgotten
      return;
    }
    int view = present ? ChunkStore.PRESENT : era;
    long start = offset;
    if (before == 0) {
      long at = core.store.nextWritten(view, start);
      bring(start, at, size - at, present, era);
      return;
    }
    long different = core.store.nextDifferent(before, view, start);
    if (different > start) {
      send(start, true, false, different, new byte[0], new byte[0]);
      return;
    }
    long end = Math.min(size, (start / BLOCK_BYTES + 1) * BLOCK_BYTES);
    long at = Math.min(end, core.store.nextWritten(view, start));
    bring(start, at, end - at, present, era);
  }

  private int before() {
    return layer == 0 || layer == eras.size() ? 0 : eras.get(layer - 1);
  }

  /** Nothing is written from the start to the offset; from there on bytes follow, if any. */
  private void bring(long start, long at, long most, boolean present, int era) {
    if (most == 0) {
      send(start, false, false, at, new byte[0], new byte[0]);
      return;
    }
    reading = true;
    core.applies.read(
        present ? 0 : era,
        Long.MAX_VALUE,
        at,
        (int) Math.min(core.settings.copyBytes(), most),
        (outcome, bytes) -> {
          reading = false; // what could not be read is tried again with the next tick
          boolean still = !present || core.applies.snapshots().era() == era;
          if (outcome == Outcome.OK && still && !finished) {
            send(start, false, false, at, bytes, new byte[0]);
          }
        });
  }

  private void send(long start, boolean same, boolean last, long at, byte[] bytes, byte[] state) {
    outstanding =
        new RaftMessage.CopyPiece(
            core.group,
            core.self,
            core.term(),
            snapshot,
            last ? eras.getLast() + 1 : eras.get(layer),
            before(),
            start,
            same,
            last,
            at,
            bytes,
            LogEntry.crcOf(bytes),
            state);
    core.send(to, outstanding);
  }
}
