package io.polarj.storage.raft;

import io.polarj.platform.clock.Clock;
import java.util.ArrayDeque;

/**
 * How long the leader may answer reads alone. A majority that answered a heartbeat sent at time t
 * votes for nobody else until electionMin after t by their own clocks; divided by the clock drift
 * that is what the leader may rely on (INV-RAFT-8).
 */
final class Lease {
  private final Clock clock;
  private final long durationNanos;
  private final boolean fromAnswer;
  private final ArrayDeque<long[]> sent = new ArrayDeque<>();
  private long round;
  private long quorumRound;
  private long endNanos;
  private boolean held;

  Lease(Clock clock, RaftSettings settings) {
    this.clock = clock;
    this.fromAnswer = settings.plants(PlantedBug.LEASE_FROM_ANSWER);
    this.durationNanos =
        settings.electionMinMillis() * 1_000_000L * 100 / (100 + settings.clockDriftPercent());
  }

  /** Starts a round of heartbeats. */
  long nextRound() {
    round++;
    sent.addLast(new long[] {round, clock.nanoTime()});
    return round;
  }

  long quorumRound() {
    return quorumRound;
  }

  /** A majority, the leader included, has answered that round. */
  void confirmed(long confirmedRound) {
    if (confirmedRound <= quorumRound || confirmedRound > round) {
      return;
    }
    quorumRound = confirmedRound;
    while (!sent.isEmpty() && sent.peekFirst()[0] <= confirmedRound) {
      long[] first = sent.removeFirst();
      if (first[0] == confirmedRound) {
        endNanos = (fromAnswer ? clock.nanoTime() : first[1]) + durationNanos;
        held = true;
      }
    }
  }

  boolean valid() {
    return held && clock.nanoTime() - endNanos < 0;
  }
}
