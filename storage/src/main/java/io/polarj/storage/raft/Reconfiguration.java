package io.polarj.storage.raft;

/**
 * What a leader was asked to end its term for: other members, or another leader. Answered once.
 *
 * <p>Both are an election in order: the leader takes no more writes, waits until everything is
 * decided, and then a new term begins, led by itself with the new members, or by the successor.
 */
final class Reconfiguration {
  static final long ANY_BASIS = -1;

  private final Membership members;
  private final long basis;
  private final int successor;
  private final ReplyCallback done;
  private boolean ended;

  private Reconfiguration(Membership members, long basis, int successor, ReplyCallback done) {
    this.members = members;
    this.basis = basis;
    this.successor = successor;
    this.done = done;
  }

  /**
   * @param basis number of the membership that the asker saw
   */
  static Reconfiguration of(Membership members, long basis, ReplyCallback done) {
    return new Reconfiguration(members, basis, 0, done);
  }

  static Reconfiguration transfer(int successor, ReplyCallback done) {
    return new Reconfiguration(null, ANY_BASIS, successor, done);
  }

  /** Null when only the leader changes. */
  Membership members() {
    return members;
  }

  /** 0 when only the members change. */
  int successor() {
    return successor;
  }

  boolean decidedOn(Membership current) {
    return basis == ANY_BASIS || basis == current.number();
  }

  void end(Outcome outcome) {
    if (!ended) {
      ended = true;
      done.completed(outcome);
    }
  }
}
