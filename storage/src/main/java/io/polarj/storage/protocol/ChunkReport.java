package io.polarj.storage.protocol;

import java.util.List;
import java.util.Objects;

/**
 * One replica as its node sees it.
 *
 * @param leaderHint 0 when unknown
 * @param appliedIndex everything up to it is applied; a replica that is being copied applies
 *     nothing before the copy is whole
 * @param allocatedBlocks 64 KiB blocks in use
 * @param corruptSectors 4 KiB sectors found not to match their checksum since start
 * @param voters node numbers, in the replica's newest known configuration
 * @param configIndex index of the entry that made this configuration, 0 for the first one
 * @param generation the {@link CreateChunk#generation} it was made with
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
    List<Integer> learners,
    long configIndex,
    long generation,
    VolumeLabel volume,
    IoCounters io) {
  public ChunkReport {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(role, "role");
    voters = List.copyOf(voters);
    learners = List.copyOf(learners);
    Objects.requireNonNull(volume, "volume");
    Objects.requireNonNull(io, "io");
  }

  /** A first replica in the first configuration, without label and counters. */
  public ChunkReport(
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
    this(
        chunk,
        chunkBytes,
        role,
        term,
        leaderHint,
        epoch,
        lastIndex,
        commitIndex,
        appliedIndex,
        allocatedBlocks,
        corruptSectors,
        voters,
        learners,
        0,
        0,
        VolumeLabel.UNKNOWN,
        IoCounters.ZERO);
  }
}
