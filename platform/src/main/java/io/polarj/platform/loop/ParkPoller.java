package io.polarj.platform.loop;

import java.util.concurrent.locks.LockSupport;

/** Sleeps by parking the loop's thread; has nothing to reap. */
final class ParkPoller implements LoopPoller {
  private final Thread thread;

  ParkPoller(Thread thread) {
    this.thread = thread;
  }

  @Override
  public int poll() {
    return 0;
  }

  @Override
  public void await(long timeoutNanos) {
    LockSupport.parkNanos(this, timeoutNanos);
  }

  @Override
  public boolean underWay() {
    return false;
  }

  @Override
  public void wakeup() {
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {}
}
