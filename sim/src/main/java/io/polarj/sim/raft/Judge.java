package io.polarj.sim.raft;

import io.polarj.sim.history.Violation;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.Membership;
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
  private final Map<Long, Membership> memberships = new HashMap<>();
  private Membership newest = Membership.NONE;
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
    if (!replica.finalMembers().unknown()) {
      observe(replica.finalMembers());
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
  void acknowledged(long client, long sequence, Membership members) {
    Long index = indexOf.getOrDefault(client, Map.of()).get(sequence);
    if (!members.majority(node -> holds(truths.get(node - 1), client, sequence, index))) {
      throw new Violation(
          "S1 an acknowledged write is durable on a majority",
          "client "
              + client
              + " request "
              + sequence
              + " index "
              + index
              + " of "
              + members
              + truths.stream().map(t -> t.describe()).toList());
    }
  }

  private static boolean holds(DurableTruth truth, long client, long sequence, Long index) {
    return index != null ? truth.holds(client, sequence, index) : truth.holds(client, sequence);
  }

  /** A membership that one replica knows to be final is the only one of its number. */
  private void observe(Membership last) {
    Membership known = memberships.putIfAbsent(last.number(), last);
    if (!last.unknown() && known != null && !known.equals(last)) {
      throw new Violation("one membership per barrier", last + ", earlier " + known);
    }
    newest = known == null && last.number() >= newest.number() ? last : newest;
  }

  /** The newest membership that a replica knew to be final. */
  Membership newest() {
    return newest;
  }

  int memberships() {
    return memberships.size();
  }
}
