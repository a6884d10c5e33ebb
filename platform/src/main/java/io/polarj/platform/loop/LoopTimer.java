package io.polarj.platform.loop;

/** A task in a {@link ThreadLoop}'s timer heap. Its fields but the flag belong to the loop. */
final class LoopTimer implements Timer {
  private final ThreadLoop loop;
  final long deadlineNanos;
  final Runnable task;
  int index = -1;
  long sequence;
  private volatile boolean cancelled;

  LoopTimer(ThreadLoop loop, long deadlineNanos, Runnable task) {
    this.loop = loop;
    this.deadlineNanos = deadlineNanos;
    this.task = task;
  }

  boolean before(LoopTimer other) {
    long difference = deadlineNanos - other.deadlineNanos;
    return difference != 0 ? difference < 0 : sequence < other.sequence;
  }

  boolean cancelled() {
    return cancelled;
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      loop.forget(this);
    }
  }
}
