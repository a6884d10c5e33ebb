package io.polarj.replication.protocol;

import io.polarj.platform.net.Message;

/**
 * What primary and replicas tell each other. Every message may be lost, repeated or overtaken. A
 * replica's attachment is named by the primary's epoch and a replica id that is unique in it.
 * Nanoseconds are readings of the replica's own clock, which the primary only sends back.
 */
public sealed interface ReplicationMessage extends Message {

  /**
   * A replica asks to be counted.
   *
   * @param nodeId of this life of the replica's process
   * @param attempt rises with each request; the reply carries it
   * @param clusterIdHigh with {@code clusterIdLow} 0 when the replica does not know it yet
   * @param previousEpoch of the attachment it has or had, 0 for none
   * @param leaseHeld whether that attachment's lease still runs
   * @param appliedLsn what it has applied, 0 when it begins
   * @param oldestSnapshotLsn of its readers
   */
  record Attach(
      long nodeId,
      int attempt,
      String name,
      String sqlAddress,
      long clusterIdHigh,
      long clusterIdLow,
      long previousEpoch,
      long previousReplicaId,
      boolean leaseHeld,
      long appliedLsn,
      long oldestSnapshotLsn,
      long sentNanos)
      implements ReplicationMessage {}

  /** What ties an attachment to the one before it. */
  enum Continuity {
    /** Nothing: what the replica has read since its lease ended may be from the future. */
    NONE,
    /** The replica was counted all the time. */
    HELD,
    /**
     * The primary is new and has not acted on anything; holds if the replica's lease still runs.
     */
    GRACE
  }

  /**
   * The replica is counted.
   *
   * @param durableLsn read after the replica was counted: from there on its pages are consistent
   * @param checkpointLsn redo from there on is kept for it
   * @param leaseNanos the lease is that long from {@code sentNanos} on
   */
  record AttachReply(
      long nodeId,
      int attempt,
      long epoch,
      long replicaId,
      long clusterIdHigh,
      long clusterIdLow,
      Continuity continuity,
      long durableLsn,
      long commitLsn,
      long checkpointLsn,
      long leaseNanos,
      long sentNanos,
      String primarySqlAddress)
      implements ReplicationMessage {}

  /** The replica can not be counted; a person has to see to it. */
  record AttachRefused(long nodeId, int attempt, String reason) implements ReplicationMessage {}

  /**
   * How far the primary is.
   *
   * @param commitLsn of the newest durable commit
   * @param releaseLsn pages in storage have all changes up to there
   * @param grantNanos {@code sentNanos} of the newest message that renewed the lease
   */
  record Announce(
      long epoch,
      long replicaId,
      long sequence,
      long durableLsn,
      long commitLsn,
      long releaseLsn,
      long grantNanos)
      implements ReplicationMessage {}

  /**
   * How far a replica is; asks for a renewal of the lease.
   *
   * @param announceSequence the newest announcement seen
   * @param oldestSnapshotLsn no reader here needs versions that ended at or below it
   * @param neededLsn it will read redo from there on
   */
  record Ack(
      long epoch,
      long replicaId,
      long sequence,
      long announceSequence,
      long appliedLsn,
      long oldestSnapshotLsn,
      long neededLsn,
      long sentNanos)
      implements ReplicationMessage {}

  /** The primary knows no such attachment (any more). */
  record NotAttached(long epoch, long replicaId) implements ReplicationMessage {}

  /** The replica has stopped answering and leaves. */
  record Detach(long epoch, long replicaId) implements ReplicationMessage {}
}
