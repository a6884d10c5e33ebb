package io.polarj.replication.primary;

import io.polarj.platform.net.Link;
import io.polarj.replication.protocol.ReplicationMessage.Attach;

/**
 * What the announcer knows of one attached replica. On the loop only.
 *
 * <p>{@code floorLsn}: the replica answers nothing before it has applied up to there, so pages up
 * to there do it no harm, and its snapshots will not be older.
 */
final class Session {
  final long replicaId;
  final long nodeId;
  final String name;
  final String sqlAddress;
  int attempt;
  Link link;
  long appliedLsn;
  long snapshotLsn;
  long neededLsn;
  long floorLsn;
  long leaseDeadlineNanos;
  long grantNanos;
  long ackSequence;
  long announceSequence;
  long acknowledgedSequence;
  long announcedAtNanos;
  long announcedDurableLsn;
  long progressAtNanos;
  boolean refusedRenewal;

  Session(long replicaId, Attach attach, Link link, long nowNanos) {
    this.replicaId = replicaId;
    this.nodeId = attach.nodeId();
    this.name = attach.name();
    this.sqlAddress = attach.sqlAddress();
    this.attempt = attach.attempt();
    this.link = link;
    this.grantNanos = attach.sentNanos();
    this.announcedAtNanos = nowNanos;
    this.progressAtNanos = nowNanos;
  }

  long flushLsn() {
    return Math.max(appliedLsn, floorLsn);
  }

  long purgeLsn() {
    return Math.max(snapshotLsn, floorLsn);
  }
}
