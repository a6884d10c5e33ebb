package io.polarj.platform.sim;

import io.polarj.platform.loop.Timer;

/** A task waiting for its time. */
final class SimEvent implements Comparable<SimEvent>, Timer {
  private final SimLoop loop;
  private long atNanos;
  private final long sequence;
  private final Runnable task;
  private final long dueNanos;
  private boolean cancelled;

  /**
   * @param dueNanos by the clock of the loop; {@link Long#MIN_VALUE} where that does not matter
   */
  SimEvent(SimLoop loop, long atNanos, long sequence, long dueNanos, Runnable task) {
    this.loop = loop;
    this.atNanos = atNanos;
    this.sequence = sequence;
    this.dueNanos = dueNanos;
    this.task = task;
  }

  /** Puts it off; it is in no queue meanwhile. */
  SimEvent at(long untilNanos) {
    atNanos = untilNanos;
    return this;
  }

  long dueNanos() {
    return dueNanos;
  }

  SimLoop loop() {
    return loop;
  }

  long atNanos() {
    return atNanos;
  }

  boolean isCancelled() {
    return cancelled;
  }

  void run() {
    task.run();
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public int compareTo(SimEvent other) {
    int byTime = Long.compare(atNanos, other.atNanos);
    return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
  }
}
