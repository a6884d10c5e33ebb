package io.polarj.storage.raft;

/**
 * Takes a full copy. Every byte of it is the effect of decided entries, so a copy that breaks off
 * leaves nothing wrong behind: those entries are applied again, in order, when they come. Only the
 * end of a copy changes what this replica claims to hold, in one durable step. What lies between
 * two pieces was never written at the leader, or discarded: it is discarded here too.
 */
final class CopyReceiver {
  private final Core core;
  private final int leader;
  private final Runnable installed;
  private boolean active;
  private boolean busy;
  private boolean holding;
  private long snapshot;
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
    if (piece.start() != next) {
      acknowledge(snapshot, false);
    } else if (fits(piece) && LogEntry.crcOf(piece.bytes()) == piece.crc()) {
      write(piece);
    }
  }

  private boolean fits(RaftMessage.CopyPiece piece) {
    long room = core.store.size() - piece.bytes().length;
    return piece.offset() >= piece.start()
        && piece.offset() <= room
        && piece.bytes().length % WriteRequest.ALIGNMENT == 0
        && piece.last() == (piece.bytes().length == 0);
  }

  /** Called with every heartbeat: once the log has overtaken the copy, the leader sends no more. */
  void tick() {
    if (active && !busy && core.journal.decided() >= snapshot) {
      stop();
    }
  }

  void abandon() {
    stop();
  }

  private void begin(long newSnapshot) {
    active = true;
    snapshot = newSnapshot;
    next = 0;
    if (!holding) {
      holding = true;
      core.applies.suspend();
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
    long gap = piece.offset() - piece.start();
    if (gap > 0 && core.store.nextWritten(piece.start()) < piece.offset()) {
      core.store.discard(
          piece.start(),
          gap,
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
    if (piece.last()) {
      core.store.sync(error -> ended(error, () -> install(piece)));
    } else {
      core.store.write(piece.offset(), piece.bytes(), error -> ended(error, () -> written(piece)));
    }
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

  private void written(RaftMessage.CopyPiece piece) {
    if (piece.snapshot() == snapshot) {
      next = piece.offset() + piece.bytes().length;
      acknowledge(snapshot, false);
    }
  }

  private void install(RaftMessage.CopyPiece piece) {
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
        new RaftMessage.CopyAck(core.group, core.self, core.term(), ofSnapshot, next, complete));
  }
}
