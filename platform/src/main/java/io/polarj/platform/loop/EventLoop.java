package io.polarj.platform.loop;

import io.polarj.platform.clock.Clock;

/**
 * One thread (or, in simulation, one turn of the virtual scheduler) that runs tasks one after
 * another. Protocol state machines live on exactly one loop and need no locks.
 */
public interface EventLoop {
  Clock clock();

  /** Runs the task on this loop, after those handed in before it. Any thread may call. */
  void execute(Runnable task);

  /**
   * Runs the task on this loop once the delay has passed, unless cancelled. Any thread may call.
   */
  Timer schedule(long delayNanos, Runnable task);

  /** Whether the caller is running on this loop. */
  boolean inLoop();

  /** Tells that a rare place in the code was reached. Only simulation counts; else it is free. */
  default void reached(Probe probe) {}
}
