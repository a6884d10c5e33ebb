package io.polarj.storage.raft;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.ChunkId;
import java.util.Arrays;

/**
 * All that a replica needs to live.
 *
 * @param self this replica's id, above 0
 * @param members ids of all voters, this one included; the same order everywhere is not needed
 * @param recovered what the log and the blocks were found to hold
 */
public record ReplicaSetup(
    ChunkId group,
    int self,
    int[] members,
    EventLoop loop,
    RandomStream random,
    RaftSettings settings,
    RaftLog log,
    RecoveredLog recovered,
    ChunkStore store,
    RaftTransport transport) {
  public ReplicaSetup {
    members = members.clone();
    int me = self;
    if (self <= 0 || members.length > 63 || Arrays.stream(members).noneMatch(m -> m == me)) {
      throw new IllegalArgumentException(
          "replica " + self + " is not one of " + Arrays.toString(members));
    }
  }
}
