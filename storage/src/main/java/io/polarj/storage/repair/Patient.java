package io.polarj.storage.repair;

import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.store.DiskReplica;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** One replica of this node with what is damaged of it and who waits for that. One loop only. */
final class Patient {
  final DiskReplica stored;
  final RaftReplica raft;
  final TreeMap<Long, SectorRepair> repairs = new TreeMap<>();
  final List<EntryRepair> entryRepairs = new ArrayList<>();
  final List<Waiter> waiters = new ArrayList<>();
  long damaged;
  long repaired;
  long refused;
  long scrubbed;
  long passes;

  /** Members that a comparison is under way with. */
  int comparing;

  /** By member, the blocks that differ from it. */
  final TreeMap<Integer, TreeSet<Integer>> divergent = new TreeMap<>();

  /** Waits until nothing of some blocks is known to be damaged. */
  static final class Waiter {
    final int firstBlock;
    final int lastBlock;
    final Runnable healed;

    Waiter(int firstBlock, int lastBlock, Runnable healed) {
      this.firstBlock = firstBlock;
      this.lastBlock = lastBlock;
      this.healed = healed;
    }
  }

  Patient(DiskReplica stored, RaftReplica raft) {
    this.stored = stored;
    this.raft = raft;
  }

  ChunkId chunk() {
    return stored.info().chunk();
  }

  ChunkBlocks blocks() {
    return stored.blocks();
  }

  /** Sectors and log entries known to be damaged now. */
  int open() {
    return entryRepairs.size() + repairs.values().stream().mapToInt(SectorRepair::open).sum();
  }

  boolean sound(int firstBlock, int lastBlock) {
    return of(firstBlock, lastBlock).isEmpty();
  }

  /** The repairs of those blocks, in whatever snapshot's view. */
  NavigableMap<Long, SectorRepair> of(int firstBlock, int lastBlock) {
    return repairs.subMap(key(firstBlock, 0), true, key(lastBlock, Integer.MAX_VALUE), true);
  }

  static long key(int block, int snapshot) {
    return (long) block << 32 | snapshot;
  }

  /** At or above every index applied to the block. */
  long appliedThrough(int block) {
    return raft.appliedThrough((long) block * DiskGeometry.BLOCK_BYTES, DiskGeometry.BLOCK_BYTES);
  }

  /** Ends all repairs. */
  void close() {
    List.copyOf(repairs.values()).forEach(SectorRepair::close);
    entryRepairs.forEach(EntryRepair::close);
  }

  /** Lets those go on whose blocks are sound. */
  void release() {
    List<Waiter> ready = new ArrayList<>();
    for (Iterator<Waiter> it = waiters.iterator(); it.hasNext(); ) {
      Waiter waiter = it.next();
      if (sound(waiter.firstBlock, waiter.lastBlock)) {
        it.remove();
        ready.add(waiter);
      }
    }
    ready.forEach(waiter -> waiter.healed.run());
  }
}
