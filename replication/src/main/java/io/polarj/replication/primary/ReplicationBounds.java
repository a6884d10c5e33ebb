package io.polarj.replication.primary;

/**
 * How far the primary may go without hurting a replica; {@link Long#MAX_VALUE} without replicas.
 *
 * @param flushLsn pages up to there may be flushed (R3)
 * @param purgeLsn versions that ended up to there may be purged (R5)
 * @param retainLsn redo from there on is kept (E4)
 * @param appliedLsn what all replicas have applied
 */
public record ReplicationBounds(long flushLsn, long purgeLsn, long retainLsn, long appliedLsn) {
  /** While there may be replicas that nobody knows yet. */
  public static final ReplicationBounds HOLD = new ReplicationBounds(0, 0, 0, 0);

  static final ReplicationBounds FREE =
      new ReplicationBounds(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
}
