package io.polarj.sim.raft;

import io.polarj.sim.fault.RunTrace;

/**
 * How a run ended.
 *
 * @param violation the broken law, or null
 * @param knobs the settings drawn from the seed
 * @param traceHash fingerprint of every event; the same for the same seed and options
 * @param trace which faults happened and which probes were reached
 */
public record Report(
    long seed,
    String violation,
    String knobs,
    long virtualMillis,
    long events,
    long traceHash,
    int finished,
    int unknown,
    int crashes,
    int leaders,
    long tornSectors,
    int copies,
    int memberships,
    RunTrace trace) {
  public boolean passed() {
    return violation == null;
  }

  @Override
  public String toString() {
    return (passed() ? "PASS" : "FAIL " + violation)
        + " seed="
        + seed
        + " hash="
        + Long.toHexString(traceHash)
        + " virtual="
        + virtualMillis
        + "ms events="
        + events
        + " ops="
        + finished
        + " unknown="
        + unknown
        + " crashes="
        + crashes
        + " leaders="
        + leaders
        + " torn="
        + tornSectors
        + " copies="
        + copies
        + " memberships="
        + memberships
        + " "
        + knobs;
  }
}
