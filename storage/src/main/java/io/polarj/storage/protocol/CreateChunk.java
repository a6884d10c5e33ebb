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
 * @param volume kept with the replica and reported back
 * @param generation 0 for a volume's first replicas; one that is added later has a number above
 *     that of every earlier replica of the chunk, so that a late {@link DeleteChunk} for the
 *     earlier one does not hit it. A replica of another generation is answered ALREADY_EXISTS
 */
public record CreateChunk(
    long requestId,
    ChunkId chunk,
    long chunkBytes,
    long epoch,
    List<GroupMember> members,
    VolumeLabel volume,
    long generation)
    implements StorageMessage {
  public CreateChunk {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(volume, "volume");
    members = List.copyOf(members);
  }

  /** A first replica of a volume that nobody needs the name of. */
  public CreateChunk(
      long requestId, ChunkId chunk, long chunkBytes, long epoch, List<GroupMember> members) {
    this(requestId, chunk, chunkBytes, epoch, members, VolumeLabel.UNKNOWN, 0);
  }
}
