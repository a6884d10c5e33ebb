package io.polarj.storage.store;

import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.RaftLog;
import io.polarj.storage.raft.RecoveredLog;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One chunk replica on this disk. */
public final class DiskReplica {
  private final ReplicaInfo info;
  private final DiskLog log;
  private final ChunkBlocks blocks;
  private final LogSpace space;

  DiskReplica(ReplicaInfo info, DiskLog log, ChunkBlocks blocks, LogSpace space) {
    this.info = info;
    this.log = log;
    this.blocks = blocks;
    this.space = space;
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

  /**
   * Up to which index the log should be trimmed when it is crowded: every replica gives up what
   * stands in the older part, an idle one too, so that the log can be cut there.
   */
  public long trimmableForRoom() {
    return log.lastIndexBelow(space.retainFrom());
  }

  /** Log entries whose payload is damaged and not replaced yet. */
  public int damagedEntries() {
    return log.damagedEntries();
  }

  /** Where lost entries come from; those already known to be lost are fetched at once. */
  public void onLostEntries(LostEntries source) {
    log.onLost(source);
    log.fetchLost();
  }

  /** Reads a log entry as far as this disk has it; null when it does not. */
  public void readEntry(long index, Consumer<LogEntry> done) {
    log.readHere(index, (entry, error) -> done.accept(entry));
  }

  /**
   * Every checkpoint asks which entries the blocks hold at its moment, and remembers them with the
   * blocks: these are not applied again after a start.
   */
  public void onCheckpoint(Supplier<AppliedEntries> applied) {
    log.onCheckpoint(applied);
  }

  /** What the log holds; for the replica's start. */
  public RecoveredLog recovered() {
    return log.recovered();
  }

  DiskLog diskLog() {
    return log;
  }
}
