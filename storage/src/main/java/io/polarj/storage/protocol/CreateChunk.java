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
 * @param origin answered BUSY until the node's replica of that chunk has the snapshot
 */
public record CreateChunk(
    long requestId,
    ChunkId chunk,
    long chunkBytes,
    long epoch,
    List<GroupMember> members,
    VolumeLabel volume,
    long generation,
    Origin origin)
    implements StorageMessage {
  /**
   * What a clone's replica begins as: what a snapshot of another chunk shows that has a replica on
   * the same node.
   *
   * @param chunk null for none
   */
  public record Origin(ChunkId chunk, int snapshot) {
    public static final Origin NONE = new Origin(null, 0);

    public Origin {
      if (chunk == null ? snapshot != 0 : snapshot < 1 || snapshot > StorageLimits.MAX_SNAPSHOT) {
        throw new IllegalArgumentException("snapshot " + snapshot + " of " + chunk);
      }
    }

    public boolean present() {
      return chunk != null;
    }
  }

  public CreateChunk {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(volume, "volume");
    Objects.requireNonNull(origin, "origin");
    members = List.copyOf(members);
  }

  /** A replica that begins empty. */
  public CreateChunk(
      long requestId,
      ChunkId chunk,
      long chunkBytes,
      long epoch,
      List<GroupMember> members,
      VolumeLabel volume,
      long generation) {
    this(requestId, chunk, chunkBytes, epoch, members, volume, generation, Origin.NONE);
  }

  /** A first replica of a volume that nobody needs the name of. */
  public CreateChunk(
      long requestId, ChunkId chunk, long chunkBytes, long epoch, List<GroupMember> members) {
    this(requestId, chunk, chunkBytes, epoch, members, VolumeLabel.UNKNOWN, 0);
  }
}
