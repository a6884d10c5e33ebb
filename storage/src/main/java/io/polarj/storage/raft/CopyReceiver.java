package io.polarj.storage.raft;

/**
 * Takes a full copy. Every byte of it is the effect of decided entries, so a copy that breaks off
 * leaves nothing wrong behind: those entries are applied again, in order, when they come. Only the
 * end of a copy changes what this replica claims to hold, in one durable step.
 */
final class CopyReceiver {
  private final Core core;
  private final int leader;
  private final Runnable installed;
  private boolean active;
  private boolean busy;
  private boolean resumeLater;
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
        acknowledge(piece.snapshot(), piece.number() + 1);
      }
      return;
    }
    boolean known = active && piece.snapshot() == snapshot;
    if (piece.number() == 0 && !known) {
      begin(piece.snapshot());
    } else if (!known) {
      acknowledge(piece.snapshot(), 0); // it began in an earlier life of ours: all over again
      return;
    } else if (piece.number() == 0 && !busy) {
      next = 0;
    }
    if (!active || busy || piece.snapshot() != snapshot || !core.applies.idle()) {
      return; // it is sent again
    }
    if (piece.number() < next) {
      acknowledge(snapshot, next);
    } else if (piece.number() == next && LogEntry.crcOf(piece.bytes()) == piece.crc()) {
      write(piece);
    }
  }

  void abandon() {
    stop();
  }

  private void begin(long newSnapshot) {
    active = true;
    snapshot = newSnapshot;
    next = 0;
    core.applies.suspend();
  }

  private void stop() {
    if (active) {
      active = false;
      if (busy) {
        resumeLater = true; // the piece under way must not cross an entry being applied
      } else {
        core.applies.resume();
      }
    }
  }

  private void write(RaftMessage.CopyPiece piece) {
    busy = true;
    if (piece.last()) {
      core.store.sync(error -> ended(error, () -> install(piece)));
    } else {
      core.store.write(
          piece.offset(), piece.bytes(), error -> ended(error, () -> written(piece.snapshot())));
    }
  }

  private void ended(java.io.IOException error, Runnable then) {
    if (!core.replica.alive()) {
      return;
    }
    busy = false;
    if (resumeLater) {
      resumeLater = false;
      core.applies.resume();
    }
    if (error != null) {
      core.replica.fail(error);
    } else if (active) {
      then.run();
    }
  }

  private void written(long ofSnapshot) {
    if (ofSnapshot == snapshot) {
      next++;
      acknowledge(snapshot, next);
    }
  }

  private void install(RaftMessage.CopyPiece piece) {
    busy = true;
    core.journal.install(
        new Snapshot(piece.snapshot(), piece.state()),
        () -> {
          busy = false;
          if (resumeLater) {
            resumeLater = false;
            core.applies.resume();
          }
          stop();
          acknowledge(piece.snapshot(), piece.number() + 1);
          installed.run();
        });
  }

  private void acknowledge(long ofSnapshot, long upTo) {
    core.send(
        leader, new RaftMessage.CopyAck(core.group, core.self, core.term(), ofSnapshot, upTo));
  }
}
