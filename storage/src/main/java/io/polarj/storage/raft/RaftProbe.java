package io.polarj.storage.raft;

import io.polarj.platform.loop.Probe;

/** Rare places of the consensus code; see {@link Probe}. */
public enum RaftProbe implements Probe {
  /** A merge fetched an entry that the candidate lacked. */
  MERGE_TOOK_ENTRY,
  /** A merge decided that an index stays empty. */
  MERGE_EMPTIED_INDEX,
  /** A merge kept to the end that an earlier, unfinished one had recorded. */
  MERGE_KEPT_RECORDED_END,
  /** A segment was closed by a replica that lacked decided entries below its end. */
  CLOSED_WITH_HOLES,
  /** A read came when the lease was over. */
  LEASE_EXPIRED_WHEN_READING,
  /** A vote was refused because a leader was heard just now. */
  VOTE_REFUSED_FOR_LEADER,
  /** A deposed leader's message was answered with the newer term. */
  OLD_LEADER_TOLD,
  COPY_BEGUN,
  /** A copy went back to where its receiver was. */
  COPY_RESUMED,
  /** A copy was given up because the log had overtaken it. */
  COPY_OVERTAKEN,
  /** A copy was given up because its sender was gone. */
  COPY_ABANDONED,
  COPY_INSTALLED,
  LEADERSHIP_HANDED_OVER,
  MEMBERS_CHANGED,
  /** A retry of a write under way waits for it. */
  RETRY_JOINED,
  /** A retry of a write that was done long ago. */
  RETRY_RECOGNISED,
  RETRY_TOO_OLD,
  WRITE_FENCED,
  /** A follower had no room in its log for an entry. */
  ENTRY_REFUSED,
  /** A follower asked for entries that it lacked in the middle. */
  HOLES_REQUESTED
}
