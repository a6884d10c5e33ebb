package io.polarj.sim.history;

/** One client operation on one 4 KiB block, as the history remembers it. */
public final class Operation {
  public static final long NEVER = Long.MAX_VALUE;

  public final boolean write;
  public final long epoch;
  public final long invokedNanos;
  public final int block;

  /** Written or read value; 0 is what a fresh block holds. */
  public long value;

  /** {@link #NEVER} while the outcome is unknown. */
  public long returnedNanos = NEVER;

  public Operation(boolean write, long epoch, int block, long value, long invokedNanos) {
    this.write = write;
    this.epoch = epoch;
    this.block = block;
    this.value = value;
    this.invokedNanos = invokedNanos;
  }

  public boolean known() {
    return returnedNanos != NEVER;
  }

  @Override
  public String toString() {
    String end = known() ? Long.toString(returnedNanos / 1000) : "?";
    return (write ? "write " : "read ") + value + " [" + invokedNanos / 1000 + ".." + end + " us]";
  }
}
