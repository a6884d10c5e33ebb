package io.polarj.replication.replica;

/** What the link tells the applier; on the loop, must be quick. */
interface LinkEvents {
  void attached(Attachment attachment);

  /** Redo is durable up to there; storage has all changes up to {@code releaseLsn}. */
  void announced(long durableLsn, long commitLsn, long releaseLsn);
}
