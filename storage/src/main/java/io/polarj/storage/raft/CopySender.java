package io.polarj.storage.raft;

/**
 * Sends the whole chunk to a follower whose missing entries are trimmed, piece by piece, the next
 * only when the one before is written there: slow on purpose, clients come first. The copy stands
 * for the index applied when it began; pieces read later may be newer, which the replay of the log
 * above that index evens out.
 */
final class CopySender {
  private final Core core;
  private final int to;
  private final long snapshot;
  private long offset;
  private RaftMessage.CopyPiece outstanding;
  private boolean reading;
  private boolean finished;

  CopySender(Core core, int to) {
    this.core = core;
    this.to = to;
    this.snapshot = core.applies.applied();
  }

  /** The log above this index must stay until the copy has ended. */
  long snapshot() {
    return snapshot;
  }

  boolean finished() {
    return finished;
  }

  /** Sends the outstanding piece again, or starts. */
  void tick() {
    if (outstanding != null) {
      core.send(to, outstanding);
    } else if (!reading && !finished) {
      next();
    }
  }

  /** Goes on wherever the follower is, which may be further back after a repeated message. */
  void onAck(RaftMessage.CopyAck ack) {
    if (ack.snapshot() != snapshot || finished) {
      return;
    }
    if (ack.installed()) {
      finished = true;
      outstanding = null;
    } else if (outstanding != null
        && ack.next() != outstanding.start()
        && ack.next() <= core.store.size()) {
      offset = ack.next();
      outstanding = null;
      next();
    }
  }

  private void next() {
    long start = offset;
    long at = core.store.nextWritten(start);
    if (at >= core.store.size()) {
      send(start, core.store.size(), new byte[0], true, core.journal.clients().encode());
      return;
    }
    int length = (int) Math.min(core.settings.copyBytes(), core.store.size() - at);
    reading = true;
    core.applies.read(
        Long.MAX_VALUE,
        at,
        length,
        (outcome, bytes) -> {
          reading = false; // what could not be read is tried again with the next tick
          if (outcome == Outcome.OK) {
            send(start, at, bytes, false, new byte[0]);
          }
        });
  }

  private void send(long start, long at, byte[] bytes, boolean last, byte[] state) {
    outstanding =
        new RaftMessage.CopyPiece(
            core.group,
            core.self,
            core.term(),
            snapshot,
            start,
            last,
            at,
            bytes,
            LogEntry.crcOf(bytes),
            state);
    core.send(to, outstanding);
  }
}
