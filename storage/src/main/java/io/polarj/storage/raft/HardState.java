package io.polarj.storage.raft;

/**
 * What a replica must not forget besides its entries.
 *
 * @param term the highest term (ballot) it has promised
 * @param votedFor the replica it voted for in that term, 0 for none
 * @param barrierTerm the term whose segment it takes part in
 * @param barrierStart first index of that segment; everything below is decided and held
 * @param closeBallot the ballot under which it last agreed to close the segment, 0 for none
 * @param closeEnd the last index of the segment so closed
 * @param decided everything up to here was decided, held, and no index of the segment empty; a
 *     hint, recorded with every barrier and from time to time while the segment's leader serves
 * @param members the group's members since that barrier; {@link Membership#NONE} before the first
 */
public record HardState(
    long term,
    int votedFor,
    long barrierTerm,
    long barrierStart,
    long closeBallot,
    long closeEnd,
    long decided,
    Membership members) {
  public static final HardState INITIAL = new HardState(0, 0, 0, 1, 0, 0, 0, Membership.NONE);

  HardState withTerm(long newTerm, int newVote) {
    return new HardState(
        newTerm, newVote, barrierTerm, barrierStart, closeBallot, closeEnd, decided, members);
  }

  HardState withBarrier(long newTerm, long newStart, Membership newMembers) {
    return new HardState(term, votedFor, newTerm, newStart, 0, 0, decided, newMembers);
  }

  HardState withClose(long ballot, long end) {
    return new HardState(term, votedFor, barrierTerm, barrierStart, ballot, end, decided, members);
  }

  HardState withDecided(long newDecided) {
    return new HardState(
        term, votedFor, barrierTerm, barrierStart, closeBallot, closeEnd, newDecided, members);
  }

  HardState withMembers(Membership newMembers) {
    return new HardState(
        term, votedFor, barrierTerm, barrierStart, closeBallot, closeEnd, decided, newMembers);
  }
}
