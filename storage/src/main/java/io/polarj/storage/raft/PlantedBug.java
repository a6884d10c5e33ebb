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
  /** A vote is sent before it is durable. */
  VOTE_BEFORE_DURABLE,
  /** A restarted replica votes again in the term in which it has voted, and at once. */
  FORGET_VOTE,
  /** The term a replica has promised is forgotten when it restarts. */
  FORGET_TERM,
  /** A follower acknowledges an entry when it has it, durable or not. */
  ACKNOWLEDGE_BEFORE_DURABLE,
  /** A voter that has lost its disk takes part as if nothing had happened. */
  WIPED_VOTER_TAKES_PART,
  /** Learners are counted for majorities of acknowledgements. */
  LEARNERS_COUNT,
  /** A lease begins when the answer comes, not when the heartbeat was sent. */
  LEASE_FROM_ANSWER,
  /** Votes are given although a leader was heard just now. */
  VOTE_DESPITE_LEADER,
  /** A restarted replica votes at once, whatever it promised the leader before. */
  VOTE_RIGHT_AFTER_START,
  /** A leader raises its barrier before a majority has closed the segment. */
  BARRIER_BEFORE_CLOSE,
  /** A full copy counts before its blocks are durable. */
  COPY_BEFORE_DURABLE,
  /** The log is trimmed before the blocks are durable. */
  TRIM_BEFORE_DURABLE,
  /** A new leader does not know the epoch of its predecessor's writers. */
  FORGET_EPOCH,
  /** A read is confirmed by a heartbeat round that began before it. */
  READ_BY_OLD_ROUND,
  /** The disk's log confirms what was written, not what was flushed. */
  LOG_BEFORE_FLUSH,
  /** A checkpoint counts before the blocks that it vouches for are flushed. */
  CHECKPOINT_BEFORE_FLUSH,
  /** A repair takes what a peer has, however old that is. */
  REPAIR_FROM_STALE_PEER,
  /** A write that knows a newer snapshot does not begin the next era. */
  SNAPSHOT_AFTER_NEWER_WRITE,
  /** What a snapshot shows is written over. */
  SKIP_COPY_ON_WRITE
}
