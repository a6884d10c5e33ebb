package io.polarj.storage.protocol;

import java.util.List;
import java.util.Objects;

/**
 * One replica as its node sees it.
 *
 * @param leaderHint 0 when unknown
 * @param appliedIndex everything up to it is applied
 * @param allocatedBlocks 64 KiB blocks in use
 * @param corruptSectors 4 KiB sectors found not to match their checksum since start
 * @param voters node numbers, in the replica's newest known configuration
 */
public record ChunkReport(
    ChunkId chunk,
    long chunkBytes,
    ChunkRole role,
    long term,
    int leaderHint,
    long epoch,
    long lastIndex,
    long commitIndex,
    long appliedIndex,
    long allocatedBlocks,
    long corruptSectors,
    List<Integer> voters,
    List<Integer> learners) {
  public ChunkReport {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(role, "role");
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
  }
}
