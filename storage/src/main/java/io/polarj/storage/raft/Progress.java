package io.polarj.storage.raft;

/** What the leader knows of one other member. */
final class Progress {
  /** A follower that lacks something and gets no further for so long is left to a full copy. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  final int replica;
  final int ordinal;
  long barrierTerm = -1;
  long closeBallot;
  long decided;
  long round;
  long heardNanos;
  CopySender copy;
  private long advancedNanos;

  Progress(int replica, int ordinal, long nowNanos) {
    this.replica = replica;
    this.ordinal = ordinal;
    this.heardNanos = nowNanos;
    this.advancedNanos = nowNanos;
  }

  void update(RaftMessage.Status status, long ownDecided, long nowNanos) {
    if (status.barrierTerm() == 0 && barrierTerm > 0) { // a learner that was made anew meanwhile
      barrierTerm = 0;
      closeBallot = 0;
      decided = 0; // a copy under way goes on: the newcomer asks for it from its beginning
    }
    heardNanos = nowNanos;
    if (status.decided() > decided || status.decided() >= ownDecided) {
      advancedNanos = nowNanos;
    }
    barrierTerm = Math.max(barrierTerm, status.barrierTerm());
    closeBallot = Math.max(closeBallot, status.closeBallot());
    decided = Math.max(decided, status.decided());
    round = Math.max(round, status.round());
  }

  /** A copy to it got further. */
  void copied(long nowNanos) {
    advancedNanos = nowNanos;
  }

  /** Whether it is there and makes progress, so that what it lacks must stay in the log. */
  boolean keepsUp(long nowNanos, long silenceNanos) {
    return nowNanos - heardNanos < silenceNanos && nowNanos - advancedNanos < PATIENCE_NANOS;
  }
}
