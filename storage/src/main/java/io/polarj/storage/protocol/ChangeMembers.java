package io.polarj.storage.protocol;

import java.util.List;
import java.util.Objects;

/**
 * Asks the leader to make these the group's voters and learners. Answered by {@link ControlReply}:
 * OK once the change is committed, and also when these are the members already; CONFLICT when the
 * group's newest configuration is not the one this was decided on, and nothing was done; BUSY while
 * an earlier change is not committed, or a learner that is to vote has not caught up.
 *
 * @param basis the {@link ChunkReport#configIndex} of the configuration that the asker saw; a
 *     request that was delayed on its way can so not undo a later change. {@link #ANY_BASIS} for no
 *     such check
 */
public record ChangeMembers(
    long requestId, ChunkId chunk, List<GroupMember> voters, List<GroupMember> learners, long basis)
    implements StorageMessage {
  public static final long ANY_BASIS = -1;

  public ChangeMembers {
    Objects.requireNonNull(chunk, "chunk");
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
  }

  public ChangeMembers(
      long requestId, ChunkId chunk, List<GroupMember> voters, List<GroupMember> learners) {
    this(requestId, chunk, voters, learners, ANY_BASIS);
  }
}
