package io.polarj.polarctrl.state;

import io.polarj.polarctrl.view.ChunkState;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Judges how well a chunk is protected, from what was stored and what is reported. A replica is
 * <em>sound</em> when its node is up and reports it in order; it is <em>lost</em> when its node is
 * lost, when its node is there but has been without it for a while, or when it has been failed for
 * as long as a silent node is waited for. Everything between is waited for.
 */
final class ChunkHealth {
  private static final long ABSENCE_NANOS = 10_000_000_000L;

  /**
   * A chunk at this moment.
   *
   * @param voters as the leader says; as stored when no leader is known
   * @param leader null when unknown
   */
  record Assessment(
      ChunkId chunk,
      int wanted,
      List<Integer> voters,
      List<Integer> learners,
      ReportTable.Leader leader,
      List<Integer> sound,
      List<Integer> lost) {
    boolean majoritySound() {
      return sound.size() * 2 > voters.size();
    }

    /** How many sound replicas may still go before the chunk stands still; below 0: it does. */
    int margin() {
      return sound.size() - (voters.size() / 2 + 1);
    }

    /** Whether the members can be changed: somebody leads and a majority can agree. */
    boolean changeable() {
      return leader != null && majoritySound();
    }

    ChunkState state() {
      if (!majoritySound()) {
        return ChunkState.UNAVAILABLE;
      }
      if (!lost.isEmpty() || voters.size() < wanted) {
        return ChunkState.UNDER_REPLICATED;
      }
      return sound.size() < voters.size() ? ChunkState.DEGRADED : ChunkState.HEALTHY;
    }
  }

  private final NodeTable nodes;
  private final ReportTable reports;
  private final long lossNanos;
  private final TreeMap<ChunkId, TreeMap<Integer, Long>> absentSince = new TreeMap<>();

  ChunkHealth(NodeTable nodes, ReportTable reports, long lossNanos) {
    this.nodes = nodes;
    this.reports = reports;
    this.lossNanos = lossNanos;
  }

  /**
   * {@code stored}: the voters in the database. To be called about once a second for every chunk.
   */
  Assessment assess(ChunkId chunk, List<Integer> stored, int wanted, long nowNanos) {
    ReportTable.Leader leader = reports.leader(chunk);
    if (leader != null && !nodes.up(leader.node(), nowNanos)) {
      leader = null;
    }
    List<Integer> voters = leader == null ? stored : leader.report().voters();
    List<Integer> learners = leader == null ? List.of() : leader.report().learners();
    List<Integer> sound = new ArrayList<>();
    List<Integer> lost = new ArrayList<>();
    for (int node : voters) {
      if (sound(chunk, node, nowNanos)) {
        sound.add(node);
      }
      if (lost(chunk, node, nowNanos)) {
        lost.add(node);
      }
    }
    return new Assessment(chunk, wanted, voters, learners, leader, sound, lost);
  }

  boolean sound(ChunkId chunk, int node, long nowNanos) {
    ReportTable.Replica replica = reports.replica(chunk, node);
    return nodes.up(node, nowNanos) && replica != null && !replica.failed();
  }

  boolean lost(ChunkId chunk, int node, long nowNanos) {
    boolean absent = nodes.up(node, nowNanos) && reports.surelyAbsent(chunk, node);
    long since = absentSince(chunk, node, absent, nowNanos);
    if (nodes.state(node, nowNanos) == NodeState.LOST) {
      return true;
    }
    if (absent) {
      return nowNanos - since >= ABSENCE_NANOS;
    }
    ReportTable.Replica replica = reports.replica(chunk, node);
    return lossNanos > 0
        && replica != null
        && replica.failed()
        && nowNanos - replica.failedNanos() >= lossNanos;
  }

  private long absentSince(ChunkId chunk, int node, boolean absent, long nowNanos) {
    TreeMap<Integer, Long> ofChunk = absentSince.get(chunk);
    if (absent) {
      if (ofChunk == null) {
        ofChunk = new TreeMap<>();
        absentSince.put(chunk, ofChunk);
      }
      return ofChunk.computeIfAbsent(node, number -> nowNanos);
    }
    if (ofChunk != null) {
      ofChunk.remove(node);
      if (ofChunk.isEmpty()) {
        absentSince.remove(chunk);
      }
    }
    return nowNanos;
  }
}
