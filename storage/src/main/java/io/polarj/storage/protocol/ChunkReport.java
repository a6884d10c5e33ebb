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
 * @param voters node numbers, in the newest configuration that the replica knows to be committed: a
 *     leader never reports one that a later leader could undo, since replicas are deleted on its
 *     word
 * @param configIndex index of the entry that made this configuration, 0 for the first one
 * @param generation the {@link CreateChunk#generation} it was made with
 * @param newestSnapshot the newest number of a snapshot that the replica has heard of
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
    Health health,
    List<Integer> voters,
    List<Integer> learners,
    long configIndex,
    long generation,
    VolumeLabel volume,
    IoCounters io,
    int newestSnapshot) {
  /**
   * How right the replica's bytes are, as far as it is known.
   *
   * @param damaged 4 KiB sectors found damaged since the start of the node
   * @param repaired those replaced from another member since then
   * @param open those damaged now
   * @param scrubbed blocks that background verification has read since then
   * @param passes how often it has gone through the whole replica since then
   * @param divergent blocks that differ from a member's although both are intact (leader only)
   */
  public record Health(
      long damaged, long repaired, int open, long scrubbed, long passes, int divergent) {
    public static final Health SOUND = new Health(0, 0, 0, 0, 0, 0);
  }

  public ChunkReport {
    Objects.requireNonNull(health, "health");
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
        new Health(corruptSectors, 0, 0, 0, 0, 0),
        voters,
        learners,
        0,
        0,
        VolumeLabel.UNKNOWN,
        IoCounters.ZERO,
        0);
  }

  /** A replica of a chunk of which no snapshot was taken. */
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
      Health health,
      List<Integer> voters,
      List<Integer> learners,
      long configIndex,
      long generation,
      VolumeLabel volume,
      IoCounters io) {
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
        health,
        voters,
        learners,
        configIndex,
        generation,
        volume,
        io,
        0);
  }

  /** 4 KiB sectors found damaged since the start of the node. */
  public long corruptSectors() {
    return health.damaged();
  }
}
