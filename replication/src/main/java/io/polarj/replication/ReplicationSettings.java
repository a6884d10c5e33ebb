package io.polarj.replication;

/**
 * Settings of replication. A replica takes the lease's length from the primary; the rest is each
 * node's own.
 *
 * @param leaseMillis how long a replica may answer after it last asked for a renewal that was given
 * @param leaseMarginMillis how much longer the primary waits before it acts on the loss of a lease:
 *     more than the clocks can drift apart in the time of a lease (R7)
 * @param heartbeatMillis between announcements, and between acknowledgements, while all is quiet
 * @param silenceMillis after which a replica that hears nothing attaches anew
 * @param coalesceMicros how long an announcement waits for the acknowledgement of the one before
 * @param stallMillis after which a replica that makes no progress gets no renewal
 * @param maxLagBytes behind which a replica gets no renewal: it would hold back flushing
 * @param snapshotsHoldPurge whether purge waits for readers of replicas; if not, they get {@code
 *     SnapshotTooOld} (R5)
 * @param maxReplicas how many may be attached
 * @param applyStepBytes how much redo a replica applies between two reports
 */
public record ReplicationSettings(
    long leaseMillis,
    long leaseMarginMillis,
    long heartbeatMillis,
    long silenceMillis,
    long coalesceMicros,
    long stallMillis,
    long maxLagBytes,
    boolean snapshotsHoldPurge,
    int maxReplicas,
    long applyStepBytes) {
  private static final long MILLI = 1_000_000L;

  public ReplicationSettings {
    require(heartbeatMillis >= 1, "heartbeatMillis", heartbeatMillis, "at least 1");
    require(
        leaseMillis >= 4 * heartbeatMillis,
        "leaseMillis",
        leaseMillis,
        "at least 4 times heartbeatMillis");
    require(
        leaseMarginMillis >= leaseMillis / 50 + 1,
        "leaseMarginMillis",
        leaseMarginMillis,
        "more than 2 % of leaseMillis");
    require(
        silenceMillis >= 2 * heartbeatMillis,
        "silenceMillis",
        silenceMillis,
        "at least 2 times heartbeatMillis");
    require(coalesceMicros >= 0, "coalesceMicros", coalesceMicros, "at least 0");
    require(stallMillis >= 1, "stallMillis", stallMillis, "at least 1");
    require(maxLagBytes >= 1 << 20, "maxLagBytes", maxLagBytes, "at least 1 MiB");
    require(maxReplicas >= 1, "maxReplicas", maxReplicas, "at least 1");
    require(applyStepBytes >= 64 << 10, "applyStepBytes", applyStepBytes, "at least 64 KiB");
  }

  private static void require(boolean ok, String name, long value, String allowed) {
    if (!ok) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be " + allowed);
    }
  }

  public static ReplicationSettings defaults() {
    return new ReplicationSettings(
        2_000, 400, 200, 1_000, 2_000, 10_000, 256L << 20, true, 64, 4L << 20);
  }

  public ReplicationSettings withLease(long millis, long marginMillis, long heartbeat) {
    return new ReplicationSettings(
        millis,
        marginMillis,
        heartbeat,
        Math.max(2 * heartbeat, millis / 2),
        coalesceMicros,
        stallMillis,
        maxLagBytes,
        snapshotsHoldPurge,
        maxReplicas,
        applyStepBytes);
  }

  public ReplicationSettings withSnapshotsHoldPurge(boolean hold) {
    return new ReplicationSettings(
        leaseMillis,
        leaseMarginMillis,
        heartbeatMillis,
        silenceMillis,
        coalesceMicros,
        stallMillis,
        maxLagBytes,
        hold,
        maxReplicas,
        applyStepBytes);
  }

  public ReplicationSettings withLimits(long stall, long lagBytes) {
    return new ReplicationSettings(
        leaseMillis,
        leaseMarginMillis,
        heartbeatMillis,
        silenceMillis,
        coalesceMicros,
        stall,
        lagBytes,
        snapshotsHoldPurge,
        maxReplicas,
        applyStepBytes);
  }

  public long leaseNanos() {
    return leaseMillis * MILLI;
  }

  /** When the primary acts on the loss of a lease that it renewed now. */
  public long actNanos() {
    return (leaseMillis + leaseMarginMillis) * MILLI;
  }

  public long heartbeatNanos() {
    return heartbeatMillis * MILLI;
  }

  public long silenceNanos() {
    return silenceMillis * MILLI;
  }

  public long stallNanos() {
    return stallMillis * MILLI;
  }

  public long coalesceNanos() {
    return coalesceMicros * 1_000L;
  }
}
