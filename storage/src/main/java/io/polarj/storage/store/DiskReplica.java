package io.polarj.storage.store;

import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.raft.RaftLog;
import io.polarj.storage.raft.RecoveredLog;

/** One chunk replica on this disk. */
public final class DiskReplica {
  private final ReplicaInfo info;
  private final DiskLog log;
  private final ChunkBlocks blocks;

  DiskReplica(ReplicaInfo info, DiskLog log, ChunkBlocks blocks) {
    this.info = info;
    this.log = log;
    this.blocks = blocks;
  }

  public ReplicaInfo info() {
    return info;
  }

  public RaftLog log() {
    return log;
  }

  public ChunkBlocks blocks() {
    return blocks;
  }

  /** What the log holds; for the replica's start. */
  public RecoveredLog recovered() {
    return log.recovered();
  }

  DiskLog diskLog() {
    return log;
  }
}
