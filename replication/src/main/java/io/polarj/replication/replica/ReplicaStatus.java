package io.polarj.replication.replica;

/**
 * How a replica is, for {@code polarj status}.
 *
 * @param serving whether readers are answered now
 * @param attached whether the primary counts it
 * @param lagBytes announced as durable and not applied
 * @param lagMillis for how long there has been something to apply
 * @param rejoins how often it had to start again from the checkpoint
 * @param lastError of applying, or why the primary refuses; empty for none
 */
public record ReplicaStatus(
    boolean serving,
    boolean attached,
    String primaryAddress,
    String primarySqlAddress,
    long primaryEpoch,
    long replicaId,
    long appliedLsn,
    long durableLsn,
    long commitLsn,
    long lagBytes,
    long lagMillis,
    long leaseRemainingMillis,
    long attachments,
    long rejoins,
    String lastError) {}
