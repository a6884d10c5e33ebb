package io.polarj.storage.store;

import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.List;
import java.util.Objects;

/**
 * What a replica is, fixed when it is made.
 *
 * @param number names it on its disk, from 1, never used again: records of a deleted replica can
 *     not be taken for those of a newer one of the same chunk
 * @param volume what PolarCtrl wants to be told again when its database is lost
 * @param generation PolarCtrl's number of this replica, 0 for those a volume began with
 * @param origin number of the replica on this disk that it is a clone of, 0 for none
 * @param originSnapshot the snapshot of that one which it began as
 */
public record ReplicaInfo(
    long number,
    ChunkId chunk,
    long chunkBytes,
    long epoch,
    List<GroupMember> members,
    VolumeLabel volume,
    long generation,
    long origin,
    int originSnapshot) {
  private static final long MOST_CHUNK_BYTES = 1L << 40;

  /** One that began empty. */
  public ReplicaInfo(
      long number,
      ChunkId chunk,
      long chunkBytes,
      long epoch,
      List<GroupMember> members,
      VolumeLabel volume,
      long generation) {
    this(number, chunk, chunkBytes, epoch, members, volume, generation, 0, 0);
  }

  public ReplicaInfo {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(volume, "volume");
    members = List.copyOf(members);
    if (chunkBytes <= 0
        || chunkBytes > MOST_CHUNK_BYTES
        || chunkBytes % DiskGeometry.BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "chunk size " + chunkBytes + " is not a multiple of 64 KiB up to 1 TiB");
    }
    if (origin < 0 || origin >= number && origin != 0 || originSnapshot < 0) {
      throw new IllegalArgumentException(
          "replica " + number + " is a clone of " + origin + " at " + originSnapshot);
    }
    if (members.size() > StorageLimits.MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " members");
    }
  }
}
