package io.polarj.storage.protocol;

import java.util.List;
import java.util.Objects;

/**
 * Asks the leader to make these the group's voters and learners. Answered by {@link ControlReply}
 * once the change is committed.
 */
public record ChangeMembers(
    long requestId, ChunkId chunk, List<GroupMember> voters, List<GroupMember> learners)
    implements StorageMessage {
  public ChangeMembers {
    Objects.requireNonNull(chunk, "chunk");
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
  }
}
