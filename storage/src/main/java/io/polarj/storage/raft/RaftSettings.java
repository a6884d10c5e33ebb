package io.polarj.storage.raft;

import java.util.Set;

/**
 * The knobs of a group; all replicas of a group use the same.
 *
 * @param electionMinMillis after hearing a leader nobody votes for another for so long
 * @param electionMaxMillis an election starts at a random time between the two
 * @param clockDriftPercent how much faster one clock may run than another; shortens leases
 * @param leaseReads whether the leader reads under a lease; otherwise every read asks a quorum
 * @param lookBehind N, how many predecessors the conflict set covers; 0 to 64
 * @param window how many indices may be open above the decided prefix
 * @param acceptWindow how far above its own decided prefix a follower accepts entries
 * @param inOrder strict order: plain Raft's acknowledge, commit and apply, for comparison
 * @param retainedEntries decided entries kept in the log for followers that are behind
 * @param trimBatch trim once so many more could be trimmed
 * @param copyBytes size of a piece of a full copy
 * @param queueLimit writes waiting for the window before new ones are refused
 * @param brokenLaws planted bugs; only tests pass any
 */
public record RaftSettings(
    int heartbeatMillis,
    int electionMinMillis,
    int electionMaxMillis,
    int clockDriftPercent,
    boolean leaseReads,
    int lookBehind,
    int window,
    int acceptWindow,
    boolean inOrder,
    int retainedEntries,
    int trimBatch,
    int copyBytes,
    int queueLimit,
    Set<PlantedBug> brokenLaws) {

  public static final RaftSettings DEFAULT =
      new RaftSettings(
          100, 400, 700, 5, true, 64, 256, 1024, false, 2048, 1024, 128 << 10, 4096, Set.of());

  public RaftSettings {
    if (lookBehind < 0 || lookBehind > 64) {
      throw new IllegalArgumentException("lookBehind " + lookBehind + " is not in 0..64");
    }
    if (heartbeatMillis <= 0
        || electionMinMillis <= 2 * heartbeatMillis
        || electionMaxMillis <= electionMinMillis) {
      throw new IllegalArgumentException(
          "needs 0 < 2 * heartbeat < electionMin < electionMax, got "
              + heartbeatMillis
              + ", "
              + electionMinMillis
              + ", "
              + electionMaxMillis);
    }
    if (clockDriftPercent < 0 || clockDriftPercent >= 50) {
      throw new IllegalArgumentException("clockDriftPercent " + clockDriftPercent);
    }
    if (window < 1 || acceptWindow < window || acceptWindow > 1 << 16) {
      throw new IllegalArgumentException("window " + window + ", acceptWindow " + acceptWindow);
    }
    if (copyBytes <= 0 || copyBytes % 4096 != 0 || copyBytes > 1 << 20) {
      throw new IllegalArgumentException("copyBytes " + copyBytes);
    }
    brokenLaws = Set.copyOf(brokenLaws);
  }

  /** Leaders are missed after between {@code millis} and not quite twice as long. */
  public RaftSettings withElectionMillis(int millis) {
    return new RaftSettings(
        Math.max(1, millis / 4),
        millis,
        millis * 7 / 4,
        clockDriftPercent,
        leaseReads,
        lookBehind,
        window,
        acceptWindow,
        inOrder,
        retainedEntries,
        trimBatch,
        copyBytes,
        queueLimit,
        brokenLaws);
  }

  public RaftSettings withReads(boolean byLease, int driftPercent) {
    return new RaftSettings(
        heartbeatMillis,
        electionMinMillis,
        electionMaxMillis,
        driftPercent,
        byLease,
        lookBehind,
        window,
        acceptWindow,
        inOrder,
        retainedEntries,
        trimBatch,
        copyBytes,
        queueLimit,
        brokenLaws);
  }

  /** With a look-behind window of so many entries, or in strict order. */
  public RaftSettings withOrder(int entriesLookedBehind, boolean strict) {
    return new RaftSettings(
        heartbeatMillis,
        electionMinMillis,
        electionMaxMillis,
        clockDriftPercent,
        leaseReads,
        entriesLookedBehind,
        window,
        acceptWindow,
        strict,
        retainedEntries,
        trimBatch,
        copyBytes,
        queueLimit,
        brokenLaws);
  }

  boolean plants(PlantedBug bug) {
    return brokenLaws.contains(bug);
  }
}
