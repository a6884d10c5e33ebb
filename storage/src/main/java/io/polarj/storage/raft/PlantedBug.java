package io.polarj.storage.raft;

/** Laws that a test may break on purpose, to see its checkers catch it. Never set elsewhere. */
public enum PlantedBug {
  /** A merge takes entries of any segment, and leaves holes to whoever turns up later. */
  REVIVE_GHOST,
  /** Overlapping entries are applied as they come. */
  APPLY_OVERLAPPING_OUT_OF_ORDER,
  /** Writes of a deposed epoch are taken. */
  ACCEPT_OLD_EPOCH,
  /** Reads are served without lease or quorum. */
  READ_WITHOUT_LEASE,
  /** A retried write is a new write. */
  FORGET_REQUEST_IDS,
  /** A read does not wait for decided writes that are not applied yet. */
  READ_AROUND_UNAPPLIED,
  /** A vote is given twice in a term. */
  VOTE_TWICE,
  /** The leader acknowledges when it alone has the entry. */
  COMMIT_WITHOUT_MAJORITY,
  /** A vote report leaves out what does not fit into a few entries. */
  CAP_VOTE_REPORT,
  /** Proposals reach the log in batches; a copy of one on its way there is taken for done. */
  ACKNOWLEDGE_UNLOGGED_COPY,
  /** Proposals reach the log in batches, whose entries do not see each other. */
  BLIND_BATCHES,
  /** Sectors read from the disk are not verified. */
  TRUST_CORRUPT_BLOCK,
  /** A repair takes what a peer has, however old that is. */
  REPAIR_FROM_STALE_PEER,
  /** A write that knows a newer snapshot does not begin the next era. */
  SNAPSHOT_AFTER_NEWER_WRITE,
  /** What a snapshot shows is written over. */
  SKIP_COPY_ON_WRITE
}
