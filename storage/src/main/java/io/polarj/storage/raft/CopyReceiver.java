package io.polarj.storage.raft;

/**
 * Takes a full copy. Every byte of it is the effect of decided entries, so a copy that breaks off
 * leaves nothing wrong behind: those entries are applied again, in order, when they come. Only the
 * end of a copy changes what this replica claims to hold, in one durable step. So that a start
 * applies them again too, the first piece waits until it is durable that the blocks vouch for the
 * applied prefix alone (a piece may put back an older state of what was applied above it). What
 * lies between two pieces was never written at the leader, or discarded: it is discarded here too.
 * What belongs to a snapshot or to the era after it is written as of that era, so that a log which
 * goes on from where this replica was finds the eras before as it left them.
 */
final class CopyReceiver {
  /** A sender repeats its piece with every heartbeat; one that is silent for so many is gone. */
  private static final int PATIENCE = 20;

  private final Core core;
  private final int leader;
  private final Runnable installed;
  private boolean active;
  private boolean busy;
  private boolean holding;
  private int silentBeats;
  private long snapshot;

  /** The lowest era of which something lacks, and where in it the next piece begins. */
  private int era;

  private long next;

  CopyReceiver(Core core, int leader, Runnable installed) {
    this.core = core;
    this.leader = leader;
    this.installed = installed;
  }

  boolean active() {
    return active;
  }

  void onPiece(RaftMessage.CopyPiece piece) {
    silentBeats = 0;
    if (piece.snapshot() <= core.journal.decided()) {
      stop();
      if (piece.last()) {
        acknowledge(piece.snapshot(), true);
      }
      return;
    }
    if (active && piece.snapshot() < snapshot) {
      return; // a late piece of a copy that was given up
    }
    if (!active || piece.snapshot() > snapshot) {
      begin(piece.snapshot());
    }
    if (busy || !core.applies.idle()) {
      return; // it is sent again
    }
    if (!expected(piece)) {
      core.loop.reached(RaftProbe.COPY_RESUMED);
      acknowledge(snapshot, false);
    } else if (fits(piece) && LogEntry.crcOf(piece.bytes()) == piece.crc()) {
      write(piece);
    }
  }

  /** Whether all that comes before it is here, and what it builds on too. */
  private boolean expected(RaftMessage.CopyPiece piece) {
    if (piece.last() || piece.era() == era) {
      return piece.era() == era && piece.start() == next && piece.before() < era;
    }
    return piece.era() > era && next == 0 && piece.start() == 0 && piece.before() < era;
  }

  private boolean fits(RaftMessage.CopyPiece piece) {
    long room = core.store.size() - piece.bytes().length;
    return piece.offset() >= piece.start()
        && piece.offset() <= room
        && piece.bytes().length % WriteRequest.ALIGNMENT == 0
        && (!piece.last() || piece.bytes().length == 0)
        && piece.before() < Math.max(1, piece.era());
  }

  /** Called with every heartbeat: once the log has overtaken the copy, the leader sends no more. */
  void tick() {
    boolean overtaken = core.journal.decided() >= snapshot;
    if (active && !busy && (overtaken || ++silentBeats > PATIENCE)) {
      core.loop.reached(overtaken ? RaftProbe.COPY_OVERTAKEN : RaftProbe.COPY_ABANDONED);
      stop();
    }
  }

  void abandon() {
    stop();
  }

  private void begin(long newSnapshot) {
    active = true;
    snapshot = newSnapshot;
    era = core.applies.eraLacking();
    next = 0;
    if (!holding) {
      holding = true;
      core.applies.suspend();
      busy = true;
      core.store.sync(error -> ended(error, () -> {}));
    }
  }

  private void stop() {
    active = false;
    release();
  }

  /** Entries may be applied again, unless a piece under way could cross one of them. */
  private void release() {
    if (holding && !active && !busy) {
      holding = false;
      core.applies.resume();
    }
  }

  private void write(RaftMessage.CopyPiece piece) {
    busy = true;
    long gap = piece.last() || piece.same() ? 0 : piece.offset() - piece.start();
    if (gap > 0 && core.store.nextWritten(piece.era(), piece.start()) < piece.offset()) {
      core.store.discard(
          piece.start(),
          gap,
          written(piece),
          error -> {
            if (error != null) {
              ended(error, () -> {});
            } else {
              writeBytes(piece);
            }
          });
    } else {
      writeBytes(piece);
    }
  }

  private void writeBytes(RaftMessage.CopyPiece piece) {
    if (!core.replica.alive()) {
      return;
    }
    if (piece.last() && core.plants(PlantedBug.COPY_BEFORE_DURABLE)) {
      ended(null, () -> install(piece));
    } else if (piece.last()) {
      core.store.sync(error -> ended(error, () -> install(piece)));
    } else if (piece.bytes().length == 0) {
      ended(null, () -> advance(piece));
    } else {
      core.store.write(
          piece.offset(),
          piece.bytes(),
          written(piece),
          error -> ended(error, () -> advance(piece)));
    }
  }

  private static Era written(RaftMessage.CopyPiece piece) {
    return new Era(piece.era(), piece.before());
  }

  private void ended(java.io.IOException error, Runnable then) {
    if (!core.replica.alive()) {
      return;
    }
    busy = false;
    release();
    if (error != null) {
      core.replica.fail(error);
    } else if (active) {
      then.run();
    }
  }

  private void advance(RaftMessage.CopyPiece piece) {
    if (piece.snapshot() == snapshot) {
      long end = piece.offset() + piece.bytes().length;
      boolean whole = end == core.store.size();
      era = whole ? piece.era() + 1 : piece.era();
      next = whole ? 0 : end;
      acknowledge(snapshot, false);
    }
  }

  private void install(RaftMessage.CopyPiece piece) {
    core.loop.reached(RaftProbe.COPY_INSTALLED);
    busy = true;
    core.journal.install(
        new Snapshot(piece.snapshot(), piece.state()),
        () -> {
          busy = false;
          stop();
          acknowledge(piece.snapshot(), true);
          installed.run();
        });
  }

  private void acknowledge(long ofSnapshot, boolean complete) {
    core.send(
        leader,
        new RaftMessage.CopyAck(
            core.group, core.self, core.term(), ofSnapshot, era, next, complete));
  }
}
