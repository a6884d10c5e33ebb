package io.polarj.storage.raft;

/**
 * When something was written, as snapshots count time: after snapshot {@code number - 1} and before
 * snapshot {@code number}.
 *
 * @param keep a full copy tells that what snapshots up to this one see must stay, whether this
 *     replica knows of them yet or not; 0 for what comes from the log
 */
public record Era(int number, int keep) {
  /** Before the first snapshot. */
  public static final Era FIRST = new Era(1, 0);

  public Era {
    if (number < 0 || keep < 0 || keep > number) {
      throw new IllegalArgumentException("era " + number + " keeping " + keep);
    }
  }

  public static Era of(int number) {
    return new Era(number, 0);
  }
}
