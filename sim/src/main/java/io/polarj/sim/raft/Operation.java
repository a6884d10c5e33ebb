package io.polarj.sim.raft;

/** One client operation on one 4 KiB block, as the history remembers it. */
final class Operation {
  static final long NEVER = Long.MAX_VALUE;

  final boolean write;
  final long epoch;
  final long invokedNanos;
  final int block;

  /** Written or read value; 0 is what a fresh block holds. */
  long value;

  /** {@link #NEVER} while the outcome is unknown. */
  long returnedNanos = NEVER;

  Operation(boolean write, long epoch, int block, long value, long invokedNanos) {
    this.write = write;
    this.epoch = epoch;
    this.block = block;
    this.value = value;
    this.invokedNanos = invokedNanos;
  }

  boolean known() {
    return returnedNanos != NEVER;
  }

  @Override
  public String toString() {
    String end = known() ? Long.toString(returnedNanos / 1000) : "?";
    return (write ? "write " : "read ") + value + " [" + invokedNanos / 1000 + ".." + end + " us]";
  }
}
