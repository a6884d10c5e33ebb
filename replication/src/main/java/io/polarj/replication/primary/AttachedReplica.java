package io.polarj.replication.primary;

/** One attached replica, for {@code polarj status}. */
public record AttachedReplica(
    long replicaId,
    String name,
    String sqlAddress,
    long appliedLsn,
    long oldestSnapshotLsn,
    long lagBytes,
    long leaseRemainingMillis) {}
