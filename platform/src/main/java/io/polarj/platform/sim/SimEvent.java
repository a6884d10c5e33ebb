package io.polarj.platform.sim;

import io.polarj.platform.loop.Timer;

/** A task waiting for its time. */
final class SimEvent implements Comparable<SimEvent>, Timer {
  private final SimLoop loop;
  private final long atNanos;
  private final long sequence;
  private final Runnable task;
  private final boolean[] cancelled;

  SimEvent(SimLoop loop, long atNanos, long sequence, Runnable task) {
    this(loop, atNanos, sequence, task, new boolean[1]);
  }

  private SimEvent(SimLoop loop, long atNanos, long sequence, Runnable task, boolean[] cancelled) {
    this.loop = loop;
    this.atNanos = atNanos;
    this.sequence = sequence;
    this.task = task;
    this.cancelled = cancelled;
  }

  SimEvent at(long untilNanos) {
    return new SimEvent(loop, untilNanos, sequence, task, cancelled);
  }

  SimLoop loop() {
    return loop;
  }

  long atNanos() {
    return atNanos;
  }

  boolean isCancelled() {
    return cancelled[0];
  }

  void run() {
    task.run();
  }

  @Override
  public void cancel() {
    cancelled[0] = true;
  }

  @Override
  public int compareTo(SimEvent other) {
    int byTime = Long.compare(atNanos, other.atNanos);
    return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
  }
}
