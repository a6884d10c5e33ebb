package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.NodeHeartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The ChunkServers and whether they are alive. A silent node is suspect and nothing more: it is
 * waited for. Only after the time that the settings name, counted while PolarCtrl itself was awake
 * and most of the cluster could be heard, or by an operator's word, is it lost.
 */
final class NodeTable {
  /** A ChunkServer; {@code beat} is null until it reports to this incarnation of PolarCtrl. */
  static final class Node {
    private StoredNode stored;
    private NodeHeartbeat beat;
    private long heardNanos;
    private long soundNanos;

    private Node(StoredNode stored, long nowNanos) {
      this.stored = stored;
      this.heardNanos = nowNanos;
      this.soundNanos = nowNanos;
    }

    int number() {
      return stored.node();
    }

    StoredNode stored() {
      return stored;
    }

    NodeHeartbeat beat() {
      return beat;
    }

    long heardNanos() {
      return heardNanos;
    }
  }

  private final TreeMap<Integer, Node> nodes = new TreeMap<>();
  private final long timeoutNanos;
  private final long lossNanos;
  private long tickedNanos;
  private boolean ticked;

  /** {@code lossNanos} 0: silence alone never loses a node. */
  NodeTable(long timeoutNanos, long lossNanos) {
    this.timeoutNanos = timeoutNanos;
    this.lossNanos = lossNanos;
  }

  void restore(StoredNode node, long nowNanos) {
    nodes.put(node.node(), new Node(node, nowNanos));
  }

  /** What has to be saved before {@link #heard}: null when nothing is new. */
  StoredNode toSave(NodeHeartbeat beat) {
    Node known = nodes.get(beat.node());
    if (known == null) {
      return new StoredNode(beat.node(), beat.address(), beat.failureDomain());
    }
    StoredNode now = known.stored.at(beat.address(), beat.failureDomain());
    if (now.admin() == NodeAdmin.LOST_BY_SILENCE && beat.disk() != DiskState.FAILED) {
      now = now.withAdmin(NodeAdmin.IN_SERVICE, 0);
    }
    return known.stored.equals(now) ? null : now;
  }

  /** {@code changed} is what {@link #toSave} gave, saved by now. */
  void heard(NodeHeartbeat beat, StoredNode changed, long nowNanos) {
    Node node = nodes.get(beat.node());
    if (node == null) {
      node = new Node(changed, nowNanos);
      nodes.put(beat.node(), node);
    } else if (changed != null) {
      node.stored = changed;
    }
    node.beat = beat;
    node.heardNanos = nowNanos;
    if (beat.disk() != DiskState.FAILED) {
      node.soundNanos = nowNanos;
    }
  }

  void saved(StoredNode changed) {
    nodes.get(changed.node()).stored = changed;
  }

  /**
   * Nodes that have been silent for too long, as they are to be saved. To be called often: a gap
   * between calls in which PolarCtrl could not listen does not count as silence of the nodes.
   */
  List<StoredNode> tick(long nowNanos) {
    long gap = ticked ? nowNanos - tickedNanos : 0;
    ticked = true;
    tickedNanos = nowNanos;
    if (gap > timeoutNanos) {
      for (Node node : nodes.values()) {
        node.heardNanos = earlier(node.heardNanos + gap, nowNanos);
        node.soundNanos = earlier(node.soundNanos + gap, nowNanos);
      }
    }
    List<StoredNode> lost = new ArrayList<>();
    if (lossNanos > 0 && mostAreUp(nowNanos)) {
      for (Node node : nodes.values()) {
        boolean counted = node.stored.admin() == NodeAdmin.IN_SERVICE;
        if (counted && nowNanos - node.soundNanos >= lossNanos) {
          lost.add(node.stored.withAdmin(NodeAdmin.LOST_BY_SILENCE, 0));
        }
      }
    }
    return lost;
  }

  private static long earlier(long some, long other) {
    return some - other < 0 ? some : other;
  }

  /** Else it is rather PolarCtrl that is cut off. */
  private boolean mostAreUp(long nowNanos) {
    int known = 0;
    int up = 0;
    for (Node node : nodes.values()) {
      if (!node.stored.admin().lost()) {
        known++;
        up += live(node, nowNanos) ? 1 : 0;
      }
    }
    return up * 2 > known;
  }

  NodeState state(int number, long nowNanos) {
    Node node = nodes.get(number);
    if (node == null || node.stored.admin().lost()) {
      return NodeState.LOST;
    }
    return live(node, nowNanos) ? NodeState.UP : NodeState.SUSPECT;
  }

  boolean up(int number, long nowNanos) {
    return state(number, nowNanos) == NodeState.UP;
  }

  NodeAdmin admin(int number) {
    Node node = nodes.get(number);
    return node == null ? NodeAdmin.LOST_BY_ORDER : node.stored.admin();
  }

  /** Null when no such node ever reported. */
  Node find(int number) {
    return nodes.get(number);
  }

  Iterable<Node> all() {
    return nodes.values();
  }

  /** Null when no such node ever reported. */
  Address address(int node) {
    Node known = nodes.get(node);
    return known == null ? null : known.stored.address();
  }

  FailureDomain domain(int node) {
    Node known = nodes.get(node);
    return FailureDomain.of(known == null ? "node-" + node : known.stored.failureDomain());
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

  List<GroupMember> addresses() {
    return members(new ArrayList<>(nodes.keySet()));
  }

  /**
   * Where replicas can be put now, in node order.
   *
   * @param promised bytes of the chunks that nodes have replicas of
   */
  List<Placement.Candidate> candidates(TreeMap<Integer, Long> promised, long nowNanos) {
    List<Placement.Candidate> candidates = new ArrayList<>();
    for (Node node : nodes.values()) {
      boolean open =
          live(node, nowNanos)
              && node.stored.admin() == NodeAdmin.IN_SERVICE
              && node.beat.disk() == DiskState.HEALTHY;
      if (open) {
        candidates.add(
            new Placement.Candidate(
                node.stored.node(),
                FailureDomain.of(node.stored.failureDomain()),
                node.beat.totalBlocks() << 16,
                node.beat.freeBlocks() << 16,
                promised.getOrDefault(node.stored.node(), 0L)));
      }
    }
    return candidates;
  }

  boolean live(Node node, long nowNanos) {
    return node.beat != null
        && node.beat.disk() != DiskState.FAILED
        && nowNanos - node.heardNanos < timeoutNanos;
  }

  /** Whether it was heard within the timeout, however its disk is. */
  boolean heard(Node node, long nowNanos) {
    return node.beat != null && nowNanos - node.heardNanos < timeoutNanos;
  }
}
