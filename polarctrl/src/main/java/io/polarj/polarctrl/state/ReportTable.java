package io.polarj.polarctrl.state;

import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ChunkRole;
import io.polarj.storage.protocol.NodeHeartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the nodes last said about their replicas, and who leads which chunk by that. */
final class ReportTable {
  /** Complete rounds of a node's reports that must not name a replica until it counts as gone. */
  private static final int ROUNDS_TO_MISS = 2;

  private static final long UNKNOWN = -1;

  /** A replica's newest report. */
  static final class Replica {
    private ChunkReport report;
    private long failedNanos;
    private int missed;

    ChunkReport report() {
      return report;
    }

    boolean failed() {
      return report.role() == ChunkRole.FAILED;
    }

    /** Since when it reports itself failed; only while {@link #failed}. */
    long failedNanos() {
      return failedNanos;
    }
  }

  /** The replica that leads, by the newest term that was heard of. */
  static final class Leader {
    private final int node;
    private ChunkReport report;
    private long previousCommit = UNKNOWN;

    private Leader(int node, ChunkReport report) {
      this.node = node;
      this.report = report;
    }

    int node() {
      return node;
    }

    ChunkReport report() {
      return report;
    }
  }

  private static final class Chunk {
    final TreeMap<Integer, Replica> replicas = new TreeMap<>();
    Leader leader;
  }

  /** How far a node is with telling all its chunks. */
  private static final class Round {
    long incarnation;
    long beat;
    int complete;
    final TreeSet<ChunkId> seen = new TreeSet<>();
    final TreeSet<ChunkId> known = new TreeSet<>();
  }

  private final TreeMap<ChunkId, Chunk> chunks = new TreeMap<>();
  private final TreeMap<Integer, Round> rounds = new TreeMap<>();

  /** Chunks whose leader or members are others than before. */
  List<ChunkId> heard(NodeHeartbeat beat, long nowNanos) {
    List<ChunkId> changed = new ArrayList<>();
    Round round = rounds.computeIfAbsent(beat.node(), node -> new Round());
    if (round.incarnation != beat.incarnation()) {
      round.incarnation = beat.incarnation();
      round.complete = 0;
      round.seen.clear();
    } else if (beat.beat() != round.beat + 1) {
      round.seen.clear(); // a beat is missing, and what it told with it
    }
    round.beat = beat.beat();
    for (ChunkReport report : beat.reports()) {
      round.seen.add(report.chunk());
      round.known.add(report.chunk());
      if (take(beat.node(), report, nowNanos)) {
        changed.add(report.chunk());
      }
    }
    if (round.seen.size() >= beat.chunkCount()) {
      endRound(beat.node(), round, changed);
    }
    return changed;
  }

  private boolean take(int node, ChunkReport report, long nowNanos) {
    Chunk chunk = chunks.computeIfAbsent(report.chunk(), id -> new Chunk());
    Replica replica = chunk.replicas.computeIfAbsent(node, number -> new Replica());
    boolean failedBefore = replica.report != null && replica.failed();
    replica.report = report;
    replica.missed = 0;
    if (replica.failed() && !failedBefore) {
      replica.failedNanos = nowNanos;
    }
    return lead(chunk, node, report);
  }

  private static boolean lead(Chunk chunk, int node, ChunkReport report) {
    Leader known = chunk.leader;
    if (report.role() == ChunkRole.LEADER) {
      if (known != null && report.term() < known.report.term()) {
        return false;
      }
      if (known == null || known.node != node || known.report.term() != report.term()) {
        chunk.leader = new Leader(node, report);
        return true;
      }
      boolean same =
          known.report.voters().equals(report.voters())
              && known.report.learners().equals(report.learners())
              && known.report.configIndex() == report.configIndex();
      known.previousCommit = known.report.commitIndex();
      known.report = report;
      return !same;
    }
    if (known != null && known.node == node && report.term() >= known.report.term()) {
      chunk.leader = null;
      return true;
    }
    return false;
  }

  private void endRound(int node, Round round, List<ChunkId> changed) {
    round.complete++;
    for (ChunkId id : List.copyOf(round.known)) {
      if (!round.seen.contains(id)) {
        Chunk chunk = chunks.get(id);
        Replica replica = chunk.replicas.get(node);
        replica.missed++;
        if (replica.missed >= ROUNDS_TO_MISS) {
          drop(id, chunk, node);
          round.known.remove(id);
          changed.add(id);
        }
      }
    }
    round.seen.clear();
  }

  private void drop(ChunkId id, Chunk chunk, int node) {
    chunk.replicas.remove(node);
    if (chunk.leader != null && chunk.leader.node == node) {
      chunk.leader = null;
    }
    if (chunk.replicas.isEmpty()) {
      chunks.remove(id);
    }
  }

  /** Null when nobody is known to lead. */
  Leader leader(ChunkId id) {
    Chunk chunk = chunks.get(id);
    return chunk == null ? null : chunk.leader;
  }

  /** The leader's number, 0 when unknown. */
  int leaderNode(ChunkId id) {
    Leader leader = leader(id);
    return leader == null ? 0 : leader.node();
  }

  /** Null when the node does not report one. */
  Replica replica(ChunkId id, int node) {
    Chunk chunk = chunks.get(id);
    return chunk == null ? null : chunk.replicas.get(node);
  }

  /** All replicas of a chunk that were reported, by node. */
  SortedMap<Integer, Replica> replicas(ChunkId id) {
    Chunk chunk = chunks.get(id);
    return chunk == null ? new TreeMap<>() : chunk.replicas;
  }

  /** Whether the node has told all it has, and this chunk was not among it. */
  boolean surelyAbsent(ChunkId id, int node) {
    Round round = rounds.get(node);
    return round != null && round.complete >= ROUNDS_TO_MISS && replica(id, node) == null;
  }

  /** Whether the node has told all its chunks since it started. */
  boolean toldAll(int node) {
    Round round = rounds.get(node);
    return round != null && round.complete > 0;
  }

  /**
   * Whether the replica on that node has applied all that the leader had decided one report ago: it
   * is behind by less than the time between two reports.
   */
  boolean caughtUp(ChunkId id, int node) {
    Leader leader = leader(id);
    Replica replica = replica(id, node);
    return leader != null
        && leader.previousCommit != UNKNOWN
        && replica != null
        && !replica.failed()
        && replica.report.appliedIndex() >= leader.previousCommit;
  }

  /** Every chunk that some node reports. */
  Iterable<ChunkId> reported() {
    return chunks.keySet();
  }

  /** How many chunks each node leads. */
  TreeMap<Integer, Integer> ledBy() {
    TreeMap<Integer, Integer> led = new TreeMap<>();
    for (Chunk chunk : chunks.values()) {
      if (chunk.leader != null) {
        led.merge(chunk.leader.node(), 1, Integer::sum);
      }
    }
    return led;
  }
}
