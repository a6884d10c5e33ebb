package io.polarj.sim.cluster;

import io.polarj.sim.fault.RunTrace;

/**
 * How a run ended.
 *
 * @param violation the broken law, or null
 * @param traceHash fingerprint of every event; the same for the same seed and options
 * @param trace which faults happened and which probes were reached
 * @param repaired damaged sectors replaced from another member, in the last lives of the nodes
 * @param snapshots taken, and {@code snapshotReads} of all that one of them shows
 */
public record ClusterReport(
    long seed,
    String violation,
    String knobs,
    long virtualMillis,
    long events,
    long traceHash,
    int finished,
    int unknown,
    int refused,
    int crashes,
    long tornSectors,
    long checkpoints,
    long decayed,
    long repaired,
    int snapshots,
    int snapshotReads,
    RunTrace trace) {
  public boolean passed() {
    return violation == null;
  }

  @Override
  public String toString() {
    return "%s seed=%d hash=%x virtual=%dms events=%d ops=%d unknown=%d refused=%d crashes=%d"
            .formatted(
                passed() ? "PASS" : "FAIL " + violation,
                seed,
                traceHash,
                virtualMillis,
                events,
                finished,
                unknown,
                refused,
                crashes)
        + " torn=%d checkpoints=%d decayed=%d/%d snapshots=%d/%d %s"
            .formatted(
                tornSectors, checkpoints, decayed, repaired, snapshots, snapshotReads, knobs);
  }
}
