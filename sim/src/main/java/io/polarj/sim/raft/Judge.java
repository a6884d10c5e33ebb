package io.polarj.sim.raft;

import io.polarj.sim.history.Violation;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.ReplicaStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks the laws after every event, with the knowledge of all nodes at once. */
final class Judge {
  private final List<DurableTruth> truths;
  private final Map<Long, Integer> leaders = new HashMap<>();
  private final TreeMap<Long, EntryHeader> decided = new TreeMap<>();
  private final Map<Long, Map<Long, Long>> indexOf = new HashMap<>();
  private long[] checked;
  private int copies;
  private final long[] trimmed;

  Judge(List<DurableTruth> truths) {
    this.truths = truths;
    this.checked = new long[truths.size() + 1];
    this.trimmed = new long[truths.size() + 1];
  }

  int leaders() {
    return leaders.size();
  }

  int copies() {
    return copies;
  }

  void restarted(int node) {
    checked[node] = 0;
  }

  /** Election safety, and that what was once decided stays. */
  void observe(int node, RaftReplica replica) {
    ReplicaStatus status = replica.status();
    if (status.role() == ReplicaStatus.Role.LEADER) {
      Integer other = leaders.putIfAbsent(status.term(), node);
      if (other != null && other != node) {
        throw new Violation(
            "one leader per term", "nodes " + other + " and " + node + " in " + status.term());
      }
    }
    if (status.trimmed() > checked[node] && checked[node] > 0) {
      copies++; // jumped over entries it never held as decided
    }
    trimmed[node] = status.trimmed();
    long from = Math.max(checked[node], status.trimmed()) + 1;
    for (long i = from; i <= status.last(); i++) {
      EntryHeader header = replica.decidedEntry(i);
      if (header != null) {
        learn(node, header);
      }
    }
    checked[node] = Math.max(checked[node], status.decided());
  }

  private void learn(int node, EntryHeader header) {
    EntryHeader known = decided.putIfAbsent(header.index(), header);
    if (known == null) {
      indexOf
          .computeIfAbsent(header.request().client(), c -> new HashMap<>())
          .putIfAbsent(header.request().sequence(), header.index());
    } else if (known.kind() != header.kind()
        || known.crc() != header.crc()
        || !known.request().equals(header.request())) {
      throw new Violation(
          "a decided entry never changes",
          "node " + node + " decided " + header + ", earlier " + known);
    }
  }

  /** S1: called at the instant a node acknowledges a write. */
  void acknowledged(long client, long sequence) {
    Long index = indexOf.getOrDefault(client, Map.of()).get(sequence);
    int copiesHeld = 0;
    for (DurableTruth truth : truths) {
      boolean holds =
          index != null
              ? truth.holds(client, sequence, index)
              : truth.entries().stream()
                  .anyMatch(
                      e -> e.request().client() == client && e.request().sequence() == sequence);
      copiesHeld += holds ? 1 : 0;
    }
    if (copiesHeld < truths.size() / 2 + 1) {
      throw new Violation(
          "S1 an acknowledged write is durable on a majority",
          "client "
              + client
              + " request "
              + sequence
              + " index "
              + index
              + " is on "
              + copiesHeld
              + truths.stream().map(t -> t.describe()).toList());
    }
  }
}
