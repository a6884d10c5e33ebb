package io.polarj.sim.fault;

import io.polarj.platform.loop.Probe;

/** Faults that any host, its disk, its clock or the network may have. */
public enum FaultKind implements Probe {
  POWER_CUT(3),
  KILL(2),
  /** Power is cut right after some request to the disk, before the program hears of its end. */
  POWER_CUT_AT_IO(4),
  /** The same again and again while the program recovers. */
  POWER_CUT_IN_RECOVERY(2),
  POWER_CUT_OF_MANY(1),
  PAUSE(4),
  ISOLATION(5),
  /** Messages are lost from one host to another, not the other way. */
  ONE_WAY(2),
  /** Two sides that do not hear each other. */
  PARTITION(2),
  BAD_NETWORK(2),
  GOOD_NETWORK(3),
  SLOW_DISK(1),
  FAILING_DISK(1),
  FAILING_FLUSH(1),
  CLOCK_DRIFT(1),
  CLOCK_STEP(1),
  /**
   * Something happens to whoever has just begun to lead, or to stand for election, or to another.
   */
  AFTER_ELECTION(0);

  private final int weight;

  FaultKind(int weight) {
    this.weight = weight;
  }

  int weight() {
    return weight;
  }
}
