package io.polarj.polarctrl.state;

import io.polarj.platform.clock.Clock;

/** A clock that a test moves on. */
final class ManualClock implements Clock {
  private long nanos = 5_000_000_000L;

  void pass(long millis) {
    nanos += millis * 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return 1_700_000_000_000L + nanos / 1_000_000;
  }
}
