package io.polarj.storage.raft;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.ChunkId;

/**
 * All that a replica needs to live.
 *
 * @param self this replica's id, which is its node's number
 * @param members the group's first members, this one among the voters; {@link Membership#NONE} for
 *     a newcomer, which waits to be told
 * @param recovered what the log and the blocks were found to hold
 */
public record ReplicaSetup(
    ChunkId group,
    int self,
    Membership members,
    EventLoop loop,
    RandomStream random,
    RaftSettings settings,
    RaftLog log,
    RecoveredLog recovered,
    ChunkStore store,
    RaftTransport transport) {
  public ReplicaSetup {
    if (self <= 0 || !members.unknown() && !members.votes(self)) {
      throw new IllegalArgumentException("replica " + self + " is not one of " + members);
    }
  }
}
