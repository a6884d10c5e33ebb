package io.polarj.storage.raft;

/** What the leader knows of one other member. */
final class Progress {
  final int replica;
  final int ordinal;
  long barrierTerm = -1;
  long closeBallot;
  long decided;
  long round;
  long heardNanos;
  CopySender copy;

  Progress(int replica, int ordinal, long nowNanos) {
    this.replica = replica;
    this.ordinal = ordinal;
    this.heardNanos = nowNanos;
  }

  void update(RaftMessage.Status status, long nowNanos) {
    heardNanos = nowNanos;
    barrierTerm = Math.max(barrierTerm, status.barrierTerm());
    closeBallot = Math.max(closeBallot, status.closeBallot());
    decided = Math.max(decided, status.decided());
    round = Math.max(round, status.round());
  }
}
