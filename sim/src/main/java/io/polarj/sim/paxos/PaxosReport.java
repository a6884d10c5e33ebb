package io.polarj.sim.paxos;

/**
 * How a run ended.
 *
 * @param violation the broken law, or null
 * @param traceHash fingerprint of every event; the same for the same seed
 * @param owners changes of the volume's owner
 * @param busy attempts that were refused with the owner's name, {@code twins}: because of a host
 *     with the same id
 * @param fencedWrites writes that came under an old epoch
 */
public record PaxosReport(
    long seed,
    String violation,
    long traceHash,
    long virtualMillis,
    long events,
    int operations,
    int cutShort,
    int owners,
    int busy,
    int twins,
    int fencedWrites,
    int kills,
    int pauses,
    int partitions,
    int torn) {
  public boolean passed() {
    return violation == null;
  }

  @Override
  public String toString() {
    return "%s seed=%d hash=%x virtual=%dms events=%d ops=%d cut=%d owners=%d busy=%d twins=%d"
            .formatted(
                passed() ? "PASS" : "FAIL " + violation,
                seed,
                traceHash,
                virtualMillis,
                events,
                operations,
                cutShort,
                owners,
                busy,
                twins)
        + " fenced=%d kills=%d pauses=%d partitions=%d torn=%d"
            .formatted(fencedWrites, kills, pauses, partitions, torn);
  }
}
