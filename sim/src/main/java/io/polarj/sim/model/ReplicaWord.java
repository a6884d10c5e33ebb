package io.polarj.sim.model;

/**
 * One replica of the model packed into a long: pure functions from word to word.
 *
 * <p>Other replicas are named by their distance (1 the next one, 2 the one before), as bit masks,
 * so that rotating the replicas rotates words unchanged and mirroring them swaps two bits. A slot's
 * kind is NONE, NOOP, or a write to one of two addresses; {@code origin} is the term that proposed
 * it, {@code ballot} the term that last wrote it, {@code lookBehind} what its proposer had one
 * index before.
 */
final class ReplicaWord {
  static final int FOLLOWER = 0;
  static final int ELECTED = 1;
  static final int MERGED = 2;
  static final int BARRIER = 3;
  static final int LEADER = 4;

  static final int NONE = 0;
  static final int NOOP = 1;
  static final int WRITE_X = 2;
  static final int WRITE_Y = 3;

  static final long INITIAL = 1L << 13;

  private static final int SLOTS = 17;
  private static final int SLOT_BITS = 12;
  private static final long SLOT_MASK = (1L << SLOT_BITS) - 1;
  private static final long MASKS_NEXT = 1L << 5 | 1L << 15 | 1L << 27 | 1L << 39;
  private static final long KINDS_HIGH = 1L << 18 | 1L << 30 | 1L << 24 | 1L << 36;

  private ReplicaWord() {}

  static int term(long word) {
    return (int) word & 3;
  }

  static int role(long word) {
    return (int) (word >>> 2) & 7;
  }

  /** The replica whose vote was counted, as a mask. */
  static int voter(long word) {
    return (int) (word >>> 5) & 3;
  }

  /** The term whose barrier is stored. */
  static int sync(long word) {
    return (int) (word >>> 7) & 3;
  }

  static int closeBallot(long word) {
    return (int) (word >>> 9) & 3;
  }

  static int closeEnd(long word) {
    return (int) (word >>> 11) & 3;
  }

  /** First index of the segment. */
  static int start(long word) {
    return (int) (word >>> 13) & 3;
  }

  /** Who has done what the leader's phase asks for, as a mask. */
  static int phaseAcks(long word) {
    return (int) (word >>> 15) & 3;
  }

  static long withRole(long word, int role) {
    return word & ~(7L << 2) | (long) role << 2;
  }

  static long withSync(long word, int term, int start) {
    return word & ~(3L << 7 | 3L << 13) | (long) term << 7 | (long) start << 13;
  }

  static long withClose(long word, int ballot, int end) {
    return word & ~(15L << 9) | (long) ballot << 9 | (long) end << 11;
  }

  static long withPhaseAcks(long word, int mask) {
    return word & ~(3L << 15) | (long) mask << 15;
  }

  static long elected(long word, int term, int voter) {
    return withRole(promised(word, term), ELECTED) | (long) voter << 5;
  }

  /** In a newer term all roles end, and what was only known to a leader is forgotten. */
  static long promised(long word, int term) {
    if (term(word) == term) {
      return word;
    }
    long acks = 3L << SLOTS + 10 | 3L << SLOTS + SLOT_BITS + 10;
    return word & ~(127L | 3L << 15 | acks) | term;
  }

  static long slot(long word, int index) {
    return word >>> SLOTS + (index - 1) * SLOT_BITS & SLOT_MASK;
  }

  static long withSlot(long word, int index, long slot) {
    int shift = SLOTS + (index - 1) * SLOT_BITS;
    return word & ~(SLOT_MASK << shift) | slot << shift;
  }

  // ---- slots

  static long newSlot(int kind, int origin, int ballot, int lookBehind) {
    return kind | (long) origin << 2 | (long) ballot << 4 | (long) lookBehind << 6;
  }

  static int kind(long slot) {
    return (int) slot & 3;
  }

  static int origin(long slot) {
    return (int) (slot >>> 2) & 3;
  }

  static int ballot(long slot) {
    return (int) (slot >>> 4) & 3;
  }

  static int lookBehind(long slot) {
    return (int) (slot >>> 6) & 3;
  }

  static boolean decided(long slot) {
    return (slot & 1 << 8) != 0;
  }

  static boolean applied(long slot) {
    return (slot & 1 << 9) != 0;
  }

  static int acks(long slot) {
    return (int) (slot >>> 10) & 3;
  }

  static long withBallot(long slot, int ballot) {
    return slot & ~(3L << 4) | (long) ballot << 4;
  }

  /** Once decided nobody counts acknowledgements any more. */
  static long decide(long slot) {
    return slot & ~(3L << 10) | 1 << 8;
  }

  static long apply(long slot) {
    return slot | 1 << 9;
  }

  static long acknowledged(long slot, int mask) {
    return slot | (long) mask << 10;
  }

  /** The entry without what one replica knows or did of it. */
  static long entry(long slot) {
    return slot & 255;
  }

  /** Whether the two hold the same value, under whatever ballot. */
  static boolean same(long slot, long other) {
    return (slot & 15) == (other & 15);
  }

  static boolean overlap(int kind, int other) {
    return kind >= WRITE_X && kind == other;
  }

  // ---- symmetry

  static long mirrored(long word) {
    long next = word & MASKS_NEXT;
    long previous = word >>> 1 & MASKS_NEXT;
    return word & ~(MASKS_NEXT | MASKS_NEXT << 1) | next << 1 | previous;
  }

  static long addressesSwapped(long word) {
    return word ^ (word & KINDS_HIGH) >>> 1;
  }
}
