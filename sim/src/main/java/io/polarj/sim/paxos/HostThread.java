package io.polarj.sim.paxos;

import java.util.concurrent.Semaphore;

/**
 * A host's blocking code as a part of the simulation: its thread and the scheduler's take turns, so
 * that only one of them ever runs and the same seed gives the same run.
 */
final class HostThread {
  /** Thrown out of blocking calls of a host that was killed. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the host was killed", null, false, false);
    }
  }

  private final Semaphore hostsTurn = new Semaphore(0);
  private final Semaphore schedulersTurn = new Semaphore(0);
  private final Thread thread;
  private boolean killed;
  private boolean ended;
  private Throwable failure;

  HostThread(String name, Runnable body) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .unstarted(() -> {
              hostsTurn.acquireUninterruptibly();
              try {
                if (!killed) {
                  body.run();
                }
              } catch (Killed expected) {
                // nothing of a killed host goes on
              } catch (RuntimeException | Error e) {
                failure = e;
              }
              ended = true;
              schedulersTurn.release();
            });
    thread.start();
  }

  /** Lets the host run until it blocks or ends; called by the scheduler's thread. */
  void resume() {
    if (ended) {
      return;
    }
    hostsTurn.release();
    schedulersTurn.acquireUninterruptibly();
    if (failure != null) {
      Throwable thrown = failure;
      failure = null;
      throw new IllegalStateException("a host's code failed: " + thrown, thrown);
    }
  }

  /** Gives the turn back until {@link #resume}; called by the host's thread. */
  void block() {
    if (!killed) {
      schedulersTurn.release();
      hostsTurn.acquireUninterruptibly();
    }
    if (killed) {
      throw new Killed();
    }
  }

  /** Ends the host's code where it stands; called by the scheduler's thread. */
  void kill() {
    if (!ended) {
      killed = true;
      resume();
    }
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }
}
