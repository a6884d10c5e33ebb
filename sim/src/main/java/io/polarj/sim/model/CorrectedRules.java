package io.polarj.sim.model;

import static io.polarj.sim.model.ModelState.mask;
import static io.polarj.sim.model.ModelState.name;

import java.util.Set;

/**
 * The rules of {@code io.polarj.storage.raft}: entries of a term form a segment behind the term's
 * barrier; a new leader merges the last segment from those who take part in it, decides its end and
 * its holes under the new ballot, has a majority close it so, then a majority store the barrier,
 * and only then proposes.
 *
 * <p>More is allowed than the implementation does (a leader may propose before it applied what is
 * below its barrier), never less.
 */
final class CorrectedRules extends ModelRules {
  private final Set<Omission> omissions;

  CorrectedRules(int terms, Set<Omission> omissions) {
    super(terms);
    this.omissions = Set.copyOf(omissions);
  }

  private boolean omits(Omission omission) {
    return omissions.contains(omission);
  }

  @Override
  boolean mayVote(long candidate, long voter) {
    return ReplicaWord.sync(candidate) >= ReplicaWord.sync(voter) || omits(Omission.SEGMENTS);
  }

  @Override
  void alone(int leader) {
    long word = before().words[leader];
    switch (ReplicaWord.role(word)) {
      case ReplicaWord.ELECTED -> merge(leader, word);
      case ReplicaWord.MERGED -> raiseOwnBarrier(leader, word);
      case ReplicaWord.BARRIER -> {
        if (ReplicaWord.phaseAcks(word) != 0) {
          begin().words[leader] = ReplicaWord.withRole(word, ReplicaWord.LEADER);
          emit(() -> name(leader) + " becomes leader");
        }
      }
      default -> {}
    }
  }

  private void merge(int leader, long word) {
    int voter = ModelState.other(leader, ReplicaWord.voter(word));
    long other = before().words[voter];
    int term = ReplicaWord.term(word);
    if (ReplicaWord.term(other) != term) {
      return; // merging before the voter moved on gives the same
    }
    boolean counts = ReplicaWord.sync(other) == ReplicaWord.sync(word) || omits(Omission.SEGMENTS);
    int end = end(word, counts ? other : ReplicaWord.INITIAL);
    ModelState next = begin();
    for (int index = ReplicaWord.start(word); index <= INDICES; index++) {
      long own = before().slot(leader, index);
      long theirs = counts ? before().slot(voter, index) : 0;
      next.setSlot(leader, index, index > end ? 0 : chosen(own, theirs, word));
    }
    long merged = ReplicaWord.withRole(next.words[leader], ReplicaWord.MERGED);
    next.words[leader] = ReplicaWord.withClose(merged, term, end);
    emit(() -> name(leader) + " merges with " + name(voter) + ": the segment ends at " + end);
  }

  private long chosen(long own, long theirs, long word) {
    int term = ReplicaWord.term(word);
    boolean better =
        !ReplicaWord.decided(own)
            && (ReplicaWord.decided(theirs)
                || ReplicaWord.kind(own) == ReplicaWord.NONE
                || ReplicaWord.ballot(theirs) > ReplicaWord.ballot(own));
    long choice = better ? ReplicaWord.entry(theirs) : own;
    if (ReplicaWord.kind(choice) == ReplicaWord.NONE) {
      return ReplicaWord.newSlot(ReplicaWord.NOOP, ReplicaWord.sync(word), term, ReplicaWord.NONE);
    }
    return omits(Omission.RESTAMPING) ? choice : ReplicaWord.withBallot(choice, term);
  }

  private static int end(long word, long other) {
    boolean theirs = ReplicaWord.closeBallot(other) > ReplicaWord.closeBallot(word);
    long recorded = theirs ? other : word;
    if (ReplicaWord.closeBallot(recorded) > 0) {
      return ReplicaWord.closeEnd(recorded);
    }
    for (int index = INDICES; index >= ReplicaWord.start(word); index--) {
      boolean held =
          ReplicaWord.kind(ReplicaWord.slot(word, index)) != ReplicaWord.NONE
              || ReplicaWord.kind(ReplicaWord.slot(other, index)) != ReplicaWord.NONE;
      if (held) {
        return index;
      }
    }
    return ReplicaWord.start(word) - 1;
  }

  private void raiseOwnBarrier(int leader, long word) {
    if (ReplicaWord.phaseAcks(word) == 0) {
      return;
    }
    ModelState next = begin();
    int end = ReplicaWord.closeEnd(word);
    decideUpTo(next, leader, end);
    long raised = ReplicaWord.withSync(next.words[leader], ReplicaWord.term(word), end + 1);
    raised = ReplicaWord.withPhaseAcks(ReplicaWord.withClose(raised, 0, 0), 0);
    next.words[leader] = ReplicaWord.withRole(raised, ReplicaWord.BARRIER);
    emit(() -> name(leader) + " stores its barrier at " + (end + 1));
  }

  private static void decideUpTo(ModelState state, int replica, int end) {
    for (int index = 1; index <= end; index++) {
      long slot = state.slot(replica, index);
      if (ReplicaWord.kind(slot) != ReplicaWord.NONE) {
        state.setSlot(replica, index, ReplicaWord.decide(slot));
      }
    }
  }

  @Override
  void between(int leader, int follower) {
    long word = before().words[leader];
    long other = before().words[follower];
    if (ReplicaWord.term(other) > ReplicaWord.term(word)) {
      return;
    }
    switch (ReplicaWord.role(word)) {
      case ReplicaWord.MERGED -> {
        if ((ReplicaWord.phaseAcks(word) & mask(leader, follower)) != 0) {
          return;
        }
        if (ReplicaWord.sync(other) < ReplicaWord.sync(word)) {
          joinSegment(leader, follower);
        } else {
          close(leader, follower);
        }
      }
      case ReplicaWord.BARRIER, ReplicaWord.LEADER -> {
        if (ReplicaWord.sync(other) < ReplicaWord.term(word)) {
          storeBarrier(leader, follower);
        }
      }
      default -> {}
    }
  }

  /** A follower of an older segment takes what is below this one and drops what it has above. */
  private void joinSegment(int leader, int follower) {
    long word = before().words[leader];
    ModelState next = begin();
    next.words[follower] = ReplicaWord.promised(next.words[follower], ReplicaWord.term(word));
    takeAllBelow(next, leader, follower, ReplicaWord.start(word));
    long joined =
        ReplicaWord.withSync(next.words[follower], ReplicaWord.sync(word), ReplicaWord.start(word));
    next.words[follower] = ReplicaWord.withClose(joined, 0, 0);
    emit(() -> name(leader) + " brings " + name(follower) + " into the segment to close");
  }

  /** One entry at a time, and when all are there the end. */
  private void close(int leader, int follower) {
    long word = before().words[leader];
    int term = ReplicaWord.term(word);
    int end = ReplicaWord.closeEnd(word);
    boolean complete = true;
    for (int index = ReplicaWord.start(word); index <= end; index++) {
      long slot = before().slot(leader, index);
      long held = before().slot(follower, index);
      if (ReplicaWord.same(slot, held) || ReplicaWord.kind(slot) == ReplicaWord.NONE) {
        continue;
      }
      complete = false;
      if (ReplicaWord.decided(held)) {
        continue; // a decided entry is never replaced; the checks tell if that ever matters
      }
      int at = index;
      ModelState next = begin();
      next.words[follower] = ReplicaWord.promised(next.words[follower], term);
      next.setSlot(follower, index, ReplicaWord.entry(slot));
      emit(() -> name(leader) + " syncs index " + at + " to " + name(follower));
    }
    if (!complete) {
      return;
    }
    ModelState next = begin();
    next.words[follower] = ReplicaWord.promised(next.words[follower], term);
    for (int index = ReplicaWord.start(word); index <= INDICES; index++) {
      long held = next.slot(follower, index);
      boolean gone = index > end && !ReplicaWord.decided(held);
      boolean stamps = ReplicaWord.kind(held) != ReplicaWord.NONE && !omits(Omission.RESTAMPING);
      next.setSlot(follower, index, gone ? 0 : stamps ? ReplicaWord.withBallot(held, term) : held);
    }
    next.words[follower] = ReplicaWord.withClose(next.words[follower], term, end);
    int acks = ReplicaWord.phaseAcks(word) | mask(leader, follower);
    next.words[leader] = ReplicaWord.withPhaseAcks(word, acks);
    emit(() -> name(leader) + " closes the segment at " + end + " on " + name(follower));
  }

  private void storeBarrier(int leader, int follower) {
    long word = before().words[leader];
    int start = ReplicaWord.start(word);
    ModelState next = begin();
    next.words[follower] = ReplicaWord.promised(next.words[follower], ReplicaWord.term(word));
    takeAllBelow(next, leader, follower, start);
    long raised = ReplicaWord.withSync(next.words[follower], ReplicaWord.term(word), start);
    next.words[follower] = ReplicaWord.withClose(raised, 0, 0);
    if (ReplicaWord.role(word) == ReplicaWord.BARRIER) {
      int acks = ReplicaWord.phaseAcks(word) | mask(leader, follower);
      next.words[leader] = ReplicaWord.withPhaseAcks(word, acks);
    }
    emit(() -> name(leader) + " has " + name(follower) + " store the barrier at " + start);
  }

  private static void takeAllBelow(ModelState state, int leader, int follower, int start) {
    for (int index = 1; index <= INDICES; index++) {
      long held = state.slot(follower, index);
      if (ReplicaWord.decided(held)) {
        continue;
      }
      long slot = index < start ? state.slot(leader, index) : 0;
      boolean empty = ReplicaWord.kind(slot) == ReplicaWord.NONE;
      state.setSlot(follower, index, empty ? 0 : ReplicaWord.decide(ReplicaWord.entry(slot)));
    }
  }

  @Override
  boolean replicates(int leader, int index) {
    long word = before().words[leader];
    return ReplicaWord.role(word) == ReplicaWord.LEADER && index >= ReplicaWord.start(word);
  }

  @Override
  boolean takes(long leader, long follower) {
    return ReplicaWord.sync(follower) == ReplicaWord.term(leader);
  }

  @Override
  void joins(ModelState state, int leader, int follower) {}

  @Override
  int nextIndex(long leader) {
    int index = ReplicaWord.start(leader);
    while (index <= INDICES
        && ReplicaWord.kind(ReplicaWord.slot(leader, index)) != ReplicaWord.NONE) {
      index++;
    }
    return index;
  }

  @Override
  boolean mayTell(long leader, long follower, long slot) {
    return takes(leader, follower) && ReplicaWord.origin(slot) == ReplicaWord.term(leader);
  }

  @Override
  boolean blocked(long word) {
    long earlier = ReplicaWord.slot(word, 1);
    long later = ReplicaWord.slot(word, 2);
    int kind = ReplicaWord.kind(later);
    if (ReplicaWord.overlap(ReplicaWord.kind(earlier), kind)) {
      return true;
    }
    boolean believed =
        ReplicaWord.decided(earlier)
            || omits(Omission.DISTRUST_OF_UNDECIDED_ENTRIES)
                && ReplicaWord.kind(earlier) != ReplicaWord.NONE;
    if (believed) {
      return false;
    }
    boolean sameSegment =
        ReplicaWord.origin(later) == ReplicaWord.sync(word) && ReplicaWord.start(word) == 1;
    boolean trusts = sameSegment || omits(Omission.SEGMENTS);
    return !trusts || ReplicaWord.overlap(ReplicaWord.lookBehind(later), kind);
  }
}
