package io.polarj.sim.model;

import static io.polarj.sim.model.ModelState.mask;
import static io.polarj.sim.model.ModelState.name;

/**
 * ParallelRaft as published: votes as in Raft; a merge takes the committed version of an entry,
 * else the one of the highest term, skips what nobody has, and lets entries keep their term; a
 * later entry is applied before an earlier one when its look-behind buffer shows no overlap.
 */
final class PublishedRules extends ModelRules {
  PublishedRules(int terms) {
    super(terms);
  }

  @Override
  boolean mayVote(long candidate, long voter) {
    return freshness(candidate) >= freshness(voter);
  }

  private static int freshness(long word) {
    for (int index = INDICES; index > 0; index--) {
      long slot = ReplicaWord.slot(word, index);
      if (ReplicaWord.kind(slot) != ReplicaWord.NONE) {
        return ReplicaWord.origin(slot) * 4 + index;
      }
    }
    return 0;
  }

  @Override
  void alone(int leader) {
    long word = before().words[leader];
    if (ReplicaWord.role(word) == ReplicaWord.ELECTED) {
      merge(leader, word);
    } else if (ReplicaWord.role(word) == ReplicaWord.MERGED && allCommitted(word)) {
      begin().words[leader] = ReplicaWord.withRole(word, ReplicaWord.LEADER);
      emit(() -> name(leader) + " becomes leader");
    }
  }

  private void merge(int leader, long word) {
    int voter = ModelState.other(leader, ReplicaWord.voter(word));
    if (ReplicaWord.term(before().words[voter]) != ReplicaWord.term(word)) {
      return; // merging before the voter moved on gives the same
    }
    ModelState next = begin();
    next.words[leader] = ReplicaWord.withRole(word, ReplicaWord.MERGED);
    for (int index = 1; index <= INDICES; index++) {
      long own = before().slot(leader, index);
      long theirs = before().slot(voter, index);
      boolean better =
          !ReplicaWord.decided(own)
              && (ReplicaWord.decided(theirs)
                  || ReplicaWord.origin(theirs) > ReplicaWord.origin(own));
      long chosen = better ? withoutEffects(theirs) : own;
      boolean held = ReplicaWord.kind(chosen) != ReplicaWord.NONE;
      if (held && !ReplicaWord.decided(chosen) && ReplicaWord.same(chosen, theirs)) {
        chosen = ReplicaWord.acknowledged(chosen, mask(leader, voter));
      }
      next.setSlot(leader, index, chosen);
    }
    emit(() -> name(leader) + " merges its log with that of " + name(voter));
  }

  private static long withoutEffects(long slot) {
    long entry = ReplicaWord.entry(slot);
    return ReplicaWord.decided(slot) ? ReplicaWord.decide(entry) : entry;
  }

  private static boolean allCommitted(long word) {
    for (int index = 1; index <= INDICES; index++) {
      long slot = ReplicaWord.slot(word, index);
      if (ReplicaWord.kind(slot) != ReplicaWord.NONE && !ReplicaWord.decided(slot)) {
        return false;
      }
    }
    return true;
  }

  @Override
  void between(int leader, int follower) {}

  @Override
  boolean replicates(int leader, int index) {
    int role = ReplicaWord.role(before().words[leader]);
    return role == ReplicaWord.MERGED || role == ReplicaWord.LEADER;
  }

  @Override
  boolean takes(long leader, long follower) {
    return true;
  }

  /** Catch-up prunes what is uncommitted, of an older term, and not the leader's. */
  @Override
  void joins(ModelState state, int leader, int follower) {
    int term = ReplicaWord.term(state.words[leader]);
    if (ReplicaWord.term(state.words[follower]) == term) {
      return;
    }
    state.words[follower] = ReplicaWord.promised(state.words[follower], term);
    for (int index = 1; index <= INDICES; index++) {
      long held = state.slot(follower, index);
      if (!ReplicaWord.decided(held) && !ReplicaWord.same(held, state.slot(leader, index))) {
        state.setSlot(follower, index, 0);
      }
    }
  }

  @Override
  int nextIndex(long leader) {
    for (int index = INDICES; index > 0; index--) {
      if (ReplicaWord.kind(ReplicaWord.slot(leader, index)) != ReplicaWord.NONE) {
        return index + 1;
      }
    }
    return 1;
  }

  @Override
  boolean mayTell(long leader, long follower, long slot) {
    return true;
  }

  @Override
  boolean blocked(long word) {
    long earlier = ReplicaWord.slot(word, 1);
    long later = ReplicaWord.slot(word, 2);
    return ReplicaWord.overlap(ReplicaWord.kind(earlier), ReplicaWord.kind(later))
        || ReplicaWord.overlap(ReplicaWord.lookBehind(later), ReplicaWord.kind(later));
  }
}
