package io.polarj.storage.raft;

import io.polarj.platform.net.Message;
import io.polarj.storage.protocol.ChunkId;

/**
 * What replicas of a group tell each other. Each carries the group (chunk), the sender's replica id
 * and the sender's term.
 */
public sealed interface RaftMessage extends Message {
  ChunkId group();

  int from();

  long term();

  /**
   * Asks for a vote in {@code term}, or with {@code trial} whether one would be given.
   *
   * @param barrierTerm the candidate's barrier
   * @param decided everything up to here is decided and held by the candidate; the voter reports
   *     what it has above
   * @param sanctioned the leader asked for it and has ended its lease: that it was heard is no
   *     reason to refuse
   */
  record VoteRequest(
      ChunkId group,
      int from,
      long term,
      boolean trial,
      long barrierTerm,
      long decided,
      boolean sanctioned)
      implements RaftMessage {}

  /**
   * A promise (or refusal) and what the voter holds of the candidate's segment.
   *
   * @param forTerm the term that was asked for
   * @param closeBallot the ballot of the voter's recorded segment end, 0 for none
   * @param indices the entries it holds above the candidate's decided index
   * @param ballots the ballot of each, {@link Long#MAX_VALUE} when known decided
   * @param empty whether each is a no-op
   */
  record VoteReply(
      ChunkId group,
      int from,
      long term,
      long forTerm,
      boolean trial,
      boolean granted,
      long barrierTerm,
      long closeBallot,
      long closeEnd,
      long[] indices,
      long[] ballots,
      boolean[] empty)
      implements RaftMessage {}

  /**
   * The leader's (or leading candidate's) sign of life.
   *
   * @param round numbers the heartbeats of the term; the reply repeats it
   * @param start first index of the term's segment once the older one is closed, else 0
   * @param members the group's members from that barrier on
   * @param serving whether a majority has stored the barrier, so that it is final
   * @param last the leader's last index
   * @param decided everything up to here is decided
   * @param decidedBits which of the following are: bit b of word w is decided + 1 + 64 w + b
   */
  record Heartbeat(
      ChunkId group,
      int from,
      long term,
      long round,
      long start,
      Membership members,
      boolean serving,
      long last,
      long decided,
      long[] decidedBits)
      implements RaftMessage {}

  /** Asks the receiver to become the leader; the sender leads no more. */
  record TakeOver(ChunkId group, int from, long term) implements RaftMessage {}

  /**
   * A follower's state, in answer to a heartbeat and whenever it changes in a way the leader waits
   * for. Says only what is durable.
   *
   * @param round the newest heartbeat of this term that was seen
   */
  record Status(
      ChunkId group,
      int from,
      long term,
      long round,
      long barrierTerm,
      long closeBallot,
      long decided)
      implements RaftMessage {}

  /**
   * Asks the follower to close the segment: accept under ballot {@code term} that it ends at {@code
   * end} and that the indices listed hold no-ops, the others above {@code base} what the segment's
   * leader wrote there. Everything up to {@code base} is decided.
   *
   * @param served up to here it was decided while the segment's leader served, so a follower that
   *     holds an entry of the segment there holds the decided one
   * @param trimmed up to here the sender has nothing in its log any more
   */
  record Close(
      ChunkId group,
      int from,
      long term,
      long segment,
      long segmentStart,
      Membership segmentMembers,
      long base,
      long served,
      long trimmed,
      long end,
      long[] empty)
      implements RaftMessage {}

  /**
   * Entries: new ones of the leader's term, or ones the follower asked for.
   *
   * @param decided as in {@link Heartbeat}
   */
  record Append(
      ChunkId group,
      int from,
      long term,
      long start,
      long last,
      long decided,
      long[] decidedBits,
      LogEntry[] entries)
      implements RaftMessage {}

  /** These entries of segment {@code term} are durable at the sender under ballot {@code term}. */
  record AppendAck(ChunkId group, int from, long term, long[] indices) implements RaftMessage {}

  /** Asks for entries the sender lacks: of its leader, or of a voter while merging. */
  record Need(ChunkId group, int from, long term, long[] indices) implements RaftMessage {}

  /** Entries for a merging candidate. */
  record Supply(ChunkId group, int from, long term, LogEntry[] entries) implements RaftMessage {}

  /**
   * A piece of the full copy for a follower whose missing entries are trimmed.
   *
   * @param snapshot the index the copy stands for, the same in all pieces
   * @param era what the chunk was in this era: that of a snapshot, in the end the present one
   * @param before what of the eras before this one the piece builds on, 0 for nothing
   * @param start where the piece before ended
   * @param same from start to offset the content is as in era {@code before}; otherwise nothing was
   *     ever written there
   * @param last ends the copy; it belongs to the era above the last one
   * @param offset where the bytes go, if there are any; in the last piece the chunk's size
   * @param state in the last piece the snapshot's state, else empty
   */
  record CopyPiece(
      ChunkId group,
      int from,
      long term,
      long snapshot,
      int era,
      int before,
      long start,
      boolean same,
      boolean last,
      long offset,
      byte[] bytes,
      int crc,
      byte[] state)
      implements RaftMessage {}

  /**
   * Asks for the piece of the era that starts at {@code next}: everything before is written, or the
   * copy must begin anew.
   *
   * @param era the lowest one of which anything is lacking
   * @param installed the copy is complete and durable
   */
  record CopyAck(
      ChunkId group, int from, long term, long snapshot, int era, long next, boolean installed)
      implements RaftMessage {}
}
