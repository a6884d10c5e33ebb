package io.polarj.storage.raft;

import java.util.Arrays;

/**
 * Which entries of a log the blocks hold: everything up to an index, and single ones above it.
 *
 * <p>Closed downwards where order matters: with an entry it names every earlier one that overlaps
 * it (INV-RAFT-7 brings that about). So what it does not name may be applied after what it names.
 *
 * @param through every entry up to here
 * @param above bit b of word w is the entry at {@code through + 1 + 64 w + b}
 */
public record AppliedEntries(long through, long[] above) {
  public static final AppliedEntries NONE = new AppliedEntries(0, new long[0]);

  /** What is further above is left out, which only means that it is applied again. */
  public static final int MOST_WORDS = 32;

  public AppliedEntries {
    if (through < 0 || above.length > MOST_WORDS) {
      throw new IllegalArgumentException(
          "applied through " + through + " and " + above.length + " words above");
    }
  }

  public boolean contains(long index) {
    if (index <= through) {
      return true;
    }
    long bit = index - through - 1;
    return bit >> 6 < above.length && (above[(int) (bit >> 6)] >>> (bit & 63) & 1) != 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AppliedEntries(long otherThrough, long[] otherAbove)
        && through == otherThrough
        && Arrays.equals(above, otherAbove);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(through) * 31 + Arrays.hashCode(above);
  }

  @Override
  public String toString() {
    return "through " + through + ", above " + Arrays.toString(above);
  }
}
