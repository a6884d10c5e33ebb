package io.polarj.sim.model;

import static io.polarj.sim.model.ModelState.REPLICAS;
import static io.polarj.sim.model.ModelState.mask;
import static io.polarj.sim.model.ModelState.name;

import java.util.function.Supplier;

/**
 * The steps both rule sets have: proposing, acknowledging, committing, telling and applying. Terms
 * count the elections: any two majorities share a replica, so they are in one order.
 *
 * <p>A message is sent, received and answered in one step. What that leaves out is no more than
 * reordering, which the free order of the steps brings back, and messages of a former term, which a
 * replica that has promised a newer one does not take.
 */
abstract sealed class ModelRules permits PublishedRules, CorrectedRules {
  static final int INDICES = 2;

  /** Told of every step that is possible in a state. */
  interface Sink {
    /**
     * @param violation null, or what the step breaks
     */
    void step(ModelState after, Supplier<String> what, String violation);
  }

  private final int terms;
  private final ModelState after = new ModelState();
  private ModelState before;
  private Sink sink;

  ModelRules(int terms) {
    if (terms < 1 || terms > 3) {
      throw new IllegalArgumentException("the model knows 1 to 3 terms, not " + terms);
    }
    this.terms = terms;
  }

  final void successors(ModelState state, Sink to) {
    before = state;
    sink = to;
    for (int r = 0; r < REPLICAS; r++) {
      for (int other = 0; other < REPLICAS; other++) {
        if (other != r) {
          elect(r, other);
          between(r, other);
          for (int index = 1; index <= INDICES; index++) {
            replicate(r, other, index);
            tell(r, other, index);
          }
        }
      }
      alone(r);
      for (int index = 1; index <= INDICES; index++) {
        commit(r, index);
        applyStep(r, index);
      }
      propose(r);
    }
  }

  // ---- what the rule sets add

  abstract boolean mayVote(long candidate, long voter);

  /** Steps of an elected replica by itself: merging, taking the next phase, becoming leader. */
  abstract void alone(int leader);

  /** Steps of a merging replica with another one. */
  abstract void between(int leader, int follower);

  abstract boolean replicates(int leader, int index);

  abstract boolean takes(long leader, long follower);

  /** Prepares a follower that hears a newer leader for the first time. */
  abstract void joins(ModelState state, int leader, int follower);

  abstract int nextIndex(long leader);

  abstract boolean mayTell(long leader, long follower, long slot);

  /** Whether what precedes index 2 keeps it from being applied; index 1 is not applied. */
  abstract boolean blocked(long word);

  // ---- access for the rule sets

  final ModelState before() {
    return before;
  }

  /** A copy of the state to change. */
  final ModelState begin() {
    after.set(before);
    return after;
  }

  final void emit(Supplier<String> what) {
    sink.step(after, what, null);
  }

  // ---- common steps

  private void elect(int candidate, int voter) {
    long own = before.words[candidate];
    long other = before.words[voter];
    int term = Math.max(ReplicaWord.term(own), ReplicaWord.term(other)) + 1;
    if (term > terms || !mayVote(own, other)) {
      return;
    }
    ModelState next = begin();
    next.words[candidate] = ReplicaWord.elected(own, term, mask(candidate, voter));
    next.words[voter] = ReplicaWord.promised(other, term);
    emit(() -> name(candidate) + " is elected for term " + term + " by " + name(voter));
  }

  private void propose(int leader) {
    long word = before.words[leader];
    int index = ReplicaWord.role(word) == ReplicaWord.LEADER ? nextIndex(word) : INDICES + 1;
    if (index > INDICES) {
      return;
    }
    int term = ReplicaWord.term(word);
    boolean sees = index > ReplicaWord.start(word);
    int behind = sees ? ReplicaWord.kind(before.slot(leader, index - 1)) : ReplicaWord.NONE;
    for (int kind = ReplicaWord.WRITE_X; kind <= ReplicaWord.WRITE_Y; kind++) {
      long slot = ReplicaWord.newSlot(kind, term, term, behind);
      begin().setSlot(leader, index, slot);
      emit(() -> name(leader) + " logs index " + index + " = " + ModelState.describe(slot));
    }
  }

  private void replicate(int leader, int follower, int index) {
    long word = before.words[leader];
    long slot = before.slot(leader, index);
    long other = before.words[follower];
    int bit = mask(leader, follower);
    if (!replicates(leader, index)
        || ReplicaWord.kind(slot) == ReplicaWord.NONE
        || ReplicaWord.term(other) > ReplicaWord.term(word)
        || (ReplicaWord.acks(slot) & bit) != 0
        || !takes(word, other)) {
      return;
    }
    ModelState next = begin();
    joins(next, leader, follower);
    long held = next.slot(follower, index);
    if (!ReplicaWord.same(held, slot)) {
      if (ReplicaWord.decided(held)) {
        return;
      }
      next.setSlot(follower, index, ReplicaWord.entry(slot));
    } else if (ReplicaWord.decided(slot)) {
      return; // nothing new to either
    }
    if (!ReplicaWord.decided(slot)) {
      next.setSlot(leader, index, ReplicaWord.acknowledged(slot, bit));
    }
    emit(() -> name(leader) + " stores index " + index + " on " + name(follower));
  }

  private void commit(int leader, int index) {
    long slot = before.slot(leader, index);
    if (ReplicaWord.acks(slot) == 0 || !replicates(leader, index)) {
      return;
    }
    begin().setSlot(leader, index, ReplicaWord.decide(slot));
    emit(() -> name(leader) + " commits index " + index);
  }

  private void tell(int leader, int follower, int index) {
    long word = before.words[leader];
    long other = before.words[follower];
    long slot = before.slot(leader, index);
    long held = before.slot(follower, index);
    if (!replicates(leader, index)
        || !ReplicaWord.decided(slot)
        || ReplicaWord.decided(held)
        || !ReplicaWord.same(slot, held)
        || ReplicaWord.term(other) > ReplicaWord.term(word)
        || !mayTell(word, other, slot)) {
      return;
    }
    ModelState next = begin();
    joins(next, leader, follower);
    next.setSlot(follower, index, ReplicaWord.decide(held));
    emit(() -> name(leader) + " tells " + name(follower) + " that " + index + " is committed");
  }

  private void applyStep(int replica, int index) {
    long word = before.words[replica];
    long slot = before.slot(replica, index);
    if (!ReplicaWord.decided(slot) || ReplicaWord.applied(slot)) {
      return;
    }
    boolean earlierWaits = index == 2 && !ReplicaWord.applied(before.slot(replica, 1));
    if (earlierWaits && ReplicaWord.kind(slot) != ReplicaWord.NOOP && blocked(word)) {
      return;
    }
    begin().setSlot(replica, index, ReplicaWord.apply(slot));
    sink.step(
        after,
        () -> name(replica) + " applies index " + index + " = " + ModelState.describe(slot),
        violation(replica, index, slot));
  }

  private String violation(int replica, int index, long slot) {
    long later = before.slot(replica, 2);
    if (index == 1
        && ReplicaWord.applied(later)
        && ReplicaWord.overlap(ReplicaWord.kind(slot), ReplicaWord.kind(later))) {
      return "stale overwrite: an entry is applied over a later one";
    }
    for (int other = 0; other < REPLICAS; other++) {
      long theirs = before.slot(other, index);
      if (ReplicaWord.applied(theirs) && !ReplicaWord.same(theirs, slot)) {
        return "disagreement: two values of index " + index + " are applied";
      }
    }
    return null;
  }
}
