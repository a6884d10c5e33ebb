package io.polarj.pfs.polarswitch;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** A loop on virtual time, driven by the test's own thread. */
final class VirtualLoop implements EventLoop, Clock {
  private static final class Task implements Timer, Comparable<Task> {
    final long atNanos;
    final long number;
    final Runnable body;
    boolean cancelled;

    Task(long atNanos, long number, Runnable body) {
      this.atNanos = atNanos;
      this.number = number;
      this.body = body;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long now = 1_000_000;
  private long number;
  private boolean running;

  /** Runs what is due until the condition holds; false when the time is over first. */
  boolean runUntil(long millis, BooleanSupplier condition) {
    long end = now + millis * 1_000_000;
    while (!condition.getAsBoolean()) {
      Task task = tasks.peek();
      if (task == null || task.atNanos > end) {
        now = end;
        return false;
      }
      tasks.poll();
      now = Math.max(now, task.atNanos);
      if (!task.cancelled) {
        running = true;
        task.body.run();
        running = false;
      }
    }
    return true;
  }

  void run(long millis) {
    runUntil(millis, () -> false);
  }

  boolean idle() {
    return tasks.isEmpty();
  }

  @Override
  public Clock clock() {
    return this;
  }

  @Override
  public void execute(Runnable task) {
    schedule(0, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    Task scheduled = new Task(now + delayNanos, number++, task);
    tasks.add(scheduled);
    return scheduled;
  }

  @Override
  public boolean inLoop() {
    return running;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long wallMillis() {
    return now / 1_000_000;
  }
}
