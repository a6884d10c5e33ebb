package io.polarj.pfs.volume.lock;

/**
 * One ballot of DiskPaxos (Gafni and Lamport) for one term, as one host runs it. Sans-I/O and
 * immutable. INV-LOCK-1: {@link #read} sees the others' blocks as they were read after {@link
 * #block} had become durable; so of two hosts at least one sees the other.
 *
 * <p>Phase one promises: my block carries the ballot. If nobody has promised a higher one, the
 * value is that of the highest accepted ballot in any block, or mine when there is none. Phase two
 * accepts: my block carries the value. If still nobody has promised a higher ballot, it is chosen.
 */
record Ballot(LockBlock block, boolean accepting, LockOwner candidate) {
  /** What a round of reading came to. */
  sealed interface Outcome {}

  /** Write the next ballot's block, and read again. */
  record Continue(Ballot next) implements Outcome {}

  /** Somebody has promised that ballot, which is higher; try again with a higher one. */
  record Outrun(long ballot) implements Outcome {}

  /** The term has been decided already, as some block tells. */
  record Over() implements Outcome {}

  /** The term's owner, for ever. */
  record Chosen(LockOwner owner) implements Outcome {}

  /** Ballots of different hosts never are equal. */
  static long numberAbove(long ballot, int slot) {
    return (ballot / LockArea.SLOTS + 1) * LockArea.SLOTS + slot - 1;
  }

  /** Begins with the host's block as it stands; what it accepted in this term it keeps. */
  static Ballot begin(LockBlock mine, long term, long number, LockOwner candidate) {
    boolean same = mine.term() == term;
    if (mine.term() > term || (same && mine.ballot() >= number)) {
      throw new IllegalArgumentException(
          "ballot " + number + " of term " + term + " after " + mine);
    }
    long accepted = same ? mine.accepted() : 0;
    LockOwner value = same ? mine.value() : LockOwner.NONE;
    return new Ballot(mine.voting(term, number, accepted, value), false, candidate);
  }

  /** The same ballot, its block having been written as that. */
  Ballot as(LockBlock written) {
    return new Ballot(written, accepting, candidate);
  }

  /** The blocks of all others. */
  Outcome read(Iterable<LockBlock> others) {
    long accepted = block.accepted();
    LockOwner value = block.value();
    for (LockBlock other : others) {
      if (other.decidedTerm() >= block.term() || other.term() > block.term()) {
        return new Over();
      }
      if (other.term() == block.term()) {
        if (other.ballot() > block.ballot()) {
          return new Outrun(other.ballot());
        }
        if (other.accepted() > accepted) {
          accepted = other.accepted();
          value = other.value();
        }
      }
    }
    if (accepting) {
      return new Chosen(block.value());
    }
    LockOwner proposed = accepted > 0 ? value : candidate;
    return new Continue(
        new Ballot(
            block.voting(block.term(), block.ballot(), block.ballot(), proposed), true, candidate));
  }
}
