package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.NodeStatus;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ChunkRole;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.NodeHeartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The ChunkServers, what they last said, and who they say leads which chunk. */
final class NodeTable {
  /** A ChunkServer; {@code beat} is null until it reports to this incarnation of PolarCtrl. */
  private static final class Node {
    StoredNode stored;
    NodeHeartbeat beat;
    long heardNanos;

    Node(StoredNode stored) {
      this.stored = stored;
    }
  }

  private record Leader(int node, long term) {}

  private final TreeMap<Integer, Node> nodes = new TreeMap<>();
  private final TreeMap<ChunkId, Leader> leaders = new TreeMap<>();
  private final long timeoutNanos;

  NodeTable(long timeoutNanos) {
    this.timeoutNanos = timeoutNanos;
  }

  void restore(StoredNode node) {
    nodes.put(node.node(), new Node(node));
  }

  /** What has to be saved before {@link #heard}: null when nothing is new. */
  StoredNode toSave(NodeHeartbeat beat) {
    StoredNode now = new StoredNode(beat.node(), beat.address(), beat.failureDomain());
    Node known = nodes.get(beat.node());
    return known != null && known.stored.equals(now) ? null : now;
  }

  void heard(NodeHeartbeat beat, long nowNanos) {
    StoredNode stored = new StoredNode(beat.node(), beat.address(), beat.failureDomain());
    Node node = nodes.computeIfAbsent(beat.node(), number -> new Node(stored));
    node.stored = stored;
    node.beat = beat;
    node.heardNanos = nowNanos;
    for (ChunkReport report : beat.reports()) {
      Leader known = leaders.get(report.chunk());
      if (report.role() == ChunkRole.LEADER) {
        if (known == null || report.term() >= known.term()) {
          leaders.put(report.chunk(), new Leader(beat.node(), report.term()));
        }
      } else if (known != null && known.node() == beat.node() && report.term() >= known.term()) {
        leaders.remove(report.chunk());
      }
    }
  }

  /** The leader that heartbeats named last, 0 when unknown. */
  int leader(ChunkId chunk) {
    Leader leader = leaders.get(chunk);
    return leader == null ? 0 : leader.node();
  }

  /** Null when no such node ever reported. */
  Address address(int node) {
    Node known = nodes.get(node);
    return known == null ? null : known.stored.address();
  }

  List<GroupMember> members(List<Integer> numbers) {
    List<GroupMember> members = new ArrayList<>();
    for (int number : numbers) {
      Address address = address(number);
      if (address != null) {
        members.add(new GroupMember(number, address));
      }
    }
    return members;
  }

  List<GroupMember> all() {
    return members(new ArrayList<>(nodes.keySet()));
  }

  /** Where replicas can be put now, in node order. */
  List<Placement.Candidate> candidates(long nowNanos) {
    List<Placement.Candidate> candidates = new ArrayList<>();
    for (Node node : nodes.values()) {
      if (live(node, nowNanos) && node.beat.disk() == DiskState.HEALTHY) {
        candidates.add(new Placement.Candidate(node.stored.node(), node.stored.failureDomain()));
      }
    }
    return candidates;
  }

  List<NodeStatus> status(long nowNanos, TreeMap<Integer, Integer> replicasOfNode) {
    TreeMap<Integer, Integer> led = new TreeMap<>();
    leaders.values().forEach(leader -> led.merge(leader.node(), 1, Integer::sum));
    List<NodeStatus> status = new ArrayList<>();
    for (Node node : nodes.values()) {
      int number = node.stored.node();
      NodeHeartbeat beat = node.beat;
      status.add(
          new NodeStatus(
              number,
              node.stored.address(),
              node.stored.failureDomain(),
              live(node, nowNanos),
              beat == null ? -1 : (nowNanos - node.heardNanos) / 1_000_000,
              beat == null ? DiskState.RECOVERING : beat.disk(),
              beat == null ? "" : beat.diskMessage(),
              beat == null ? 0 : beat.totalBlocks(),
              beat == null ? 0 : beat.freeBlocks(),
              replicasOfNode.getOrDefault(number, 0),
              led.getOrDefault(number, 0)));
    }
    return status;
  }

  private boolean live(Node node, long nowNanos) {
    return node.beat != null && nowNanos - node.heardNanos < timeoutNanos;
  }
}
