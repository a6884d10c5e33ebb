package io.polarj.storage.protocol;

import java.util.List;
import java.util.Objects;

/**
 * Makes the receiver hold a replica of the chunk. PolarCtrl sends it to every member; repeated, it
 * answers OK. Answered by {@link ControlReply}.
 *
 * @param chunkBytes a multiple of 64 KiB
 * @param epoch the volume's epoch at creation
 * @param members the group's first voters, the same list for all of them; when a replica is added
 *     to a living group, the list is empty: the newcomer then waits for the leader to feed it
 */
public record CreateChunk(
    long requestId, ChunkId chunk, long chunkBytes, long epoch, List<GroupMember> members)
    implements StorageMessage {
  public CreateChunk {
    Objects.requireNonNull(chunk, "chunk");
    members = List.copyOf(members);
  }
}
