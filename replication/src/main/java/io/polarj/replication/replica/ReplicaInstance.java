package io.polarj.replication.replica;

import io.polarj.engine.instance.ReplicaEngine;

/**
 * A replica engine and who uses it: it is closed once it was retired and its last transaction has
 * ended, because readers hold its pages. Any thread.
 */
final class ReplicaInstance {
  private final ReplicaEngine engine;
  private int users;
  private boolean retired;

  ReplicaInstance(ReplicaEngine engine) {
    this.engine = engine;
  }

  ReplicaEngine engine() {
    return engine;
  }

  /** False once it was retired. */
  synchronized boolean acquire() {
    if (retired) {
      return false;
    }
    users++;
    return true;
  }

  void release() {
    boolean last;
    synchronized (this) {
      users--;
      last = retired && users == 0;
    }
    if (last) {
      engine.close();
    }
  }

  void retire() {
    boolean unused;
    synchronized (this) {
      unused = !retired && users == 0;
      retired = true;
    }
    if (unused) {
      engine.close();
    }
  }
}
