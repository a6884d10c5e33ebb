package io.polarj.platform.sim;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Probe;
import io.polarj.platform.loop.Timer;

/**
 * One life of a simulated node: its event loop and its clock. A crash kills the loop: nothing that
 * was handed to it runs any more; the restarted node gets a new loop. A paused loop does nothing
 * while its clock goes on, like a stopped process.
 */
public final class SimLoop implements EventLoop {
  private static final long WALL_BASE_MILLIS = 1_700_000_000_000L;

  private final SimScheduler scheduler;
  private final String name;
  private final int number;
  private final Clock clock;
  private int driftPermille;
  private long driftFromNanos;
  private long clockFromNanos;
  private long wallStepMillis;
  private long lastExecuteNanos = -1;
  private long pausedUntilNanos;
  private boolean dead;
  private boolean running;

  SimLoop(SimScheduler scheduler, String name, int number, int driftPermille) {
    this.scheduler = scheduler;
    this.name = name;
    this.number = number;
    this.driftPermille = driftPermille;
    this.clock =
        new Clock() {
          @Override
          public long nanoTime() {
            return clockNanos();
          }

          @Override
          public long wallMillis() {
            return WALL_BASE_MILLIS + wallStepMillis + clockNanos() / 1_000_000;
          }
        };
  }

  private long clockNanos() {
    long since = scheduler.nowNanos() - driftFromNanos;
    return clockFromNanos + since + since / 1000 * driftPermille;
  }

  /** From now on the clock runs that much fast (or slow, if negative). */
  public void drift(int permille) {
    clockFromNanos = clockNanos();
    driftFromNanos = scheduler.nowNanos();
    driftPermille = permille;
  }

  /** The wall clock jumps; {@code nanoTime} does not. */
  public void stepWall(long millis) {
    wallStepMillis += millis;
  }

  public String name() {
    return name;
  }

  public SimScheduler scheduler() {
    return scheduler;
  }

  int number() {
    return number;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {
    long at = scheduler.nowNanos() + scheduler.jitterNanos();
    lastExecuteNanos = Math.max(at, lastExecuteNanos);
    scheduler.add(this, lastExecuteNanos, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    // By its own clock a node never sees a timer come early, whatever becomes of that clock.
    long due = delayNanos <= 0 ? Long.MIN_VALUE : clockNanos() + delayNanos;
    return scheduler.add(this, scheduler.nowNanos() + virtual(delayNanos), due, task);
  }

  private long virtual(long delayNanos) {
    return Math.max(0, delayNanos * 1000 / (1000 + driftPermille) + 4_000);
  }

  @Override
  public void reached(Probe probe) {
    scheduler.reached(probe);
  }

  /** Runs the task at that distance in virtual time, for devices and the network. */
  void deliverAfter(long virtualNanos, Runnable task) {
    scheduler.add(this, scheduler.nowNanos() + virtualNanos, task);
  }

  @Override
  public boolean inLoop() {
    return running;
  }

  public boolean dead() {
    return dead;
  }

  /** Nothing handed to this loop runs any more. */
  public void kill() {
    dead = true;
  }

  /** Nothing runs here until that long has passed. */
  public void pause(long nanos) {
    pausedUntilNanos = Math.max(pausedUntilNanos, scheduler.nowNanos() + nanos);
  }

  void deliver(SimEvent event) {
    if (dead || event.isCancelled()) {
      return;
    }
    if (pausedUntilNanos > scheduler.nowNanos()) {
      scheduler.postpone(event, pausedUntilNanos);
      return;
    }
    if (event.dueNanos() > clockNanos()) {
      scheduler.postpone(event, scheduler.nowNanos() + virtual(event.dueNanos() - clockNanos()));
      return;
    }
    scheduler.delivering(this);
    running = true;
    try {
      event.run();
    } finally {
      running = false;
    }
  }
}
