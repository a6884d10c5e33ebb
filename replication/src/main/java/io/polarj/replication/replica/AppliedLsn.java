package io.polarj.replication.replica;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The applied LSN, and those who wait for it. One thread publishes, any wait. */
final class AppliedLsn {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long lsn;
  private volatile int waiters;

  long lsn() {
    return lsn;
  }

  void publish(long newLsn) {
    lsn = newLsn;
    if (waiters > 0) {
      lock.lock();
      try {
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Returns whether the LSN was reached in time. */
  boolean await(long target, long timeoutNanos) throws InterruptedException {
    if (lsn >= target) {
      return true;
    }
    lock.lock();
    try {
      waiters++;
      long left = timeoutNanos;
      while (lsn < target && left > 0) {
        left = moved.awaitNanos(left);
      }
      return lsn >= target;
    } finally {
      waiters--;
      lock.unlock();
    }
  }
}
