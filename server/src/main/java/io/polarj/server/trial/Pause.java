package io.polarj.server.trial;

import io.polarj.server.config.StartException;
import java.util.concurrent.locks.LockSupport;

/** Waiting on the clock of a trial: a fault lasts so long, a state is looked at so often. */
final class Pause {
  private Pause() {}

  static void millis(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new StartException("interrupted");
      }
      LockSupport.parkNanos(left);
    }
  }
}
