package io.polarj.replication.replica;

import io.polarj.engine.error.EngineException;
import io.polarj.platform.clock.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Whether readers may be answered: the lease runs, and nothing has happened since their transaction
 * began that could have shown them pages from the future (R7). Each attachment that does not go on
 * from the one before begins a new generation; transactions belong to the one they began in. Any
 * thread may ask; what was read may be believed when the answer after reading is yes.
 */
final class ServingGate {
  private record State(long generation, long leaseEndNanos, boolean attached, boolean ready) {}

  private final Clock clock;
  // One object, so that a reader never pairs an old generation with a new lease.
  private volatile State state = new State(0, 0, false, false);

  ServingGate(Clock clock) {
    this.clock = clock;
  }

  /** A new attachment; what was read under earlier ones is not to be believed any more. */
  synchronized long begin(long leaseEndNanos) {
    state = new State(state.generation + 1, leaseEndNanos, true, false);
    return state.generation;
  }

  /** The lease was renewed in the attachment at hand. */
  synchronized void renew(long leaseEndNanos) {
    State now = state;
    if (now.attached && leaseEndNanos - now.leaseEndNanos > 0) {
      state = new State(now.generation, leaseEndNanos, true, now.ready);
      notifyAll();
    }
  }

  /** Pages are consistent as of the applied LSN. */
  synchronized void ready(long generation) {
    State now = state;
    if (now.generation == generation && !now.ready) {
      state = new State(generation, now.leaseEndNanos, now.attached, true);
      notifyAll();
    }
  }

  /** Waits until readers are answered; false when that took too long. */
  synchronized boolean awaitOpen(long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    while (!open()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Nothing is answered until a new attachment. */
  synchronized void shut() {
    State now = state;
    state = new State(now.generation + 1, now.leaseEndNanos, false, false);
  }

  boolean leaseHeld() {
    State now = state;
    return now.attached && clock.nanoTime() - now.leaseEndNanos < 0;
  }

  boolean ready() {
    return state.ready;
  }

  long generation() {
    return state.generation;
  }

  long leaseRemainingNanos() {
    State now = state;
    return now.attached ? Math.max(0, now.leaseEndNanos - clock.nanoTime()) : 0;
  }

  boolean open() {
    State now = state;
    return now.ready && now.attached && clock.nanoTime() - now.leaseEndNanos < 0;
  }

  /** The generation that a transaction begins in. Throws {@code NotServing}. */
  long enter() {
    State now = state;
    check(now, now.generation);
    return now.generation;
  }

  /** Throws {@code NotServing} unless a transaction of that generation may be answered. */
  void check(long generation) {
    check(state, generation);
  }

  private void check(State now, long generation) {
    if (now.generation != generation) {
      throw new EngineException.NotServing(
          "the replica had lost its lease meanwhile; start the transaction again");
    }
    if (!now.attached || clock.nanoTime() - now.leaseEndNanos >= 0) {
      throw new EngineException.NotServing(
          "the replica has no lease because it does not reach the primary; try again, or another"
              + " node");
    }
    if (!now.ready) {
      throw new EngineException.NotServing(
          "the replica is still catching up with the primary; try again, or another node");
    }
  }
}
