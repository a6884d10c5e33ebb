package io.polarj.polarctrl.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses nodes for replicas: never two of a chunk on one node, never two on one host unless that
 * is allowed, not two in one rack as long as there are racks enough, and then the emptiest nodes.
 * The first node of every new chunk, which tends to lead, changes from chunk to chunk.
 */
final class Placement {
  /**
   * A node that may get replicas. {@code promised}: bytes of the chunks that it has a replica of.
   */
  record Candidate(int node, FailureDomain domain, long totalBytes, long freeBytes, long promised) {
    double load() {
      return (double) promised / Math.max(1, totalBytes);
    }

    Candidate with(long moreBytes) {
      return new Candidate(node, domain, totalBytes, freeBytes, promised + moreBytes);
    }
  }

  private final boolean sharedHosts;

  Placement(boolean sharedHosts) {
    this.sharedHosts = sharedHosts;
  }

  /**
   * The nodes of each of {@code count} new chunks.
   *
   * @throws IllegalArgumentException when there are too few candidates for the replicas
   */
  List<List<Integer>> place(List<Candidate> candidates, int count, int replicas, long chunkBytes) {
    if (candidates.size() < replicas) {
      throw new IllegalArgumentException(
          replicas + " replicas need as many live ChunkServers; there are " + candidates.size());
    }
    TreeMap<Integer, Candidate> byNode = new TreeMap<>();
    candidates.forEach(candidate -> byNode.put(candidate.node(), candidate));
    TreeMap<Integer, Integer> firstsOf = new TreeMap<>();
    Comparator<Integer> fewestFirsts =
        Comparator.comparingInt((Integer node) -> firstsOf.getOrDefault(node, 0))
            .thenComparingInt(node -> node);
    List<List<Integer>> placed = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      List<Integer> chosen = new ArrayList<>();
      List<FailureDomain> taken = new ArrayList<>();
      while (chosen.size() < replicas) {
        Candidate next = best(byNode.values(), chosen, taken);
        if (next == null) {
          throw new IllegalArgumentException(
              replicas
                  + " replicas need live ChunkServers on as many hosts; there are "
                  + chosen.size()
                  + " hosts (the setting ctrl.shared.hosts allows several on one)");
        }
        chosen.add(next.node());
        taken.add(next.domain());
        byNode.put(next.node(), next.with(chunkBytes));
      }
      chosen.sort(fewestFirsts);
      firstsOf.merge(chosen.getFirst(), 1, Integer::sum);
      placed.add(chosen);
    }
    return placed;
  }

  /**
   * The node for one more replica beside those in {@code taken}, or null when none will do.
   *
   * @param members nodes that are no choice
   */
  Candidate best(Iterable<Candidate> candidates, List<Integer> members, List<FailureDomain> taken) {
    Map<String, Integer> hosts = new HashMap<>();
    Map<String, Integer> racks = new HashMap<>();
    for (FailureDomain domain : taken) {
      hosts.merge(domain.host(), 1, Integer::sum);
      racks.merge(domain.rack(), 1, Integer::sum);
    }
    Comparator<Candidate> order =
        Comparator.comparingInt((Candidate c) -> hosts.getOrDefault(c.domain().host(), 0))
            .thenComparingInt(c -> racks.getOrDefault(c.domain().rack(), 0))
            .thenComparingDouble(Candidate::load)
            .thenComparingInt(Candidate::node);
    Candidate best = null;
    for (Candidate candidate : candidates) {
      boolean allowed =
          !members.contains(candidate.node())
              && (sharedHosts || !hosts.containsKey(candidate.domain().host()));
      if (allowed && (best == null || order.compare(candidate, best) < 0)) {
        best = candidate;
      }
    }
    return best;
  }
}
