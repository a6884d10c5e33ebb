package io.polarj.polarctrl.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Chooses nodes for the replicas of new chunks: never two of a chunk on one node, not two in one
 * failure domain as long as there are domains enough, and the emptiest nodes first. The first node
 * of every chunk, which tends to lead, changes from chunk to chunk.
 */
final class Placement {
  record Candidate(int node, String failureDomain) {}

  private Placement() {}

  /**
   * The nodes of each of {@code count} chunks.
   *
   * @param load replicas that nodes hold already; not changed
   * @throws IllegalArgumentException when there are fewer candidates than replicas
   */
  static List<List<Integer>> place(
      List<Candidate> candidates, TreeMap<Integer, Integer> load, int count, int replicas) {
    if (candidates.size() < replicas) {
      throw new IllegalArgumentException(
          replicas + " replicas need as many live ChunkServers; there are " + candidates.size());
    }
    TreeMap<Integer, Integer> replicasOf = new TreeMap<>(load);
    TreeMap<Integer, Integer> firstsOf = new TreeMap<>();
    Comparator<Candidate> emptiest =
        Comparator.comparingInt((Candidate c) -> replicasOf.getOrDefault(c.node(), 0))
            .thenComparingInt(Candidate::node);
    Comparator<Integer> fewestFirsts =
        Comparator.comparingInt((Integer node) -> firstsOf.getOrDefault(node, 0))
            .thenComparingInt(node -> node);
    List<List<Integer>> placed = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      List<Integer> chosen = choose(candidates.stream().sorted(emptiest).toList(), replicas);
      chosen.forEach(node -> replicasOf.merge(node, 1, Integer::sum));
      chosen.sort(fewestFirsts);
      firstsOf.merge(chosen.getFirst(), 1, Integer::sum);
      placed.add(chosen);
    }
    return placed;
  }

  private static List<Integer> choose(List<Candidate> byLoad, int replicas) {
    List<Integer> chosen = new ArrayList<>();
    Set<String> domains = new HashSet<>();
    for (Candidate candidate : byLoad) {
      if (chosen.size() < replicas && domains.add(candidate.failureDomain())) {
        chosen.add(candidate.node());
      }
    }
    for (Candidate candidate : byLoad) {
      if (chosen.size() < replicas && !chosen.contains(candidate.node())) {
        chosen.add(candidate.node());
      }
    }
    return chosen;
  }
}
