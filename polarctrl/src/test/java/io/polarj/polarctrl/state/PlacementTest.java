package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private static Placement.Candidate node(int number, String domain) {
    return new Placement.Candidate(number, domain);
  }

  @Test
  void replicasAreOnDistinctNodesAndTheNodesEvenlyLoaded() {
    List<Placement.Candidate> nodes =
        List.of(node(1, "a"), node(2, "b"), node(3, "c"), node(4, "d"), node(5, "e"));
    TreeMap<Integer, Integer> load = new TreeMap<>();
    TreeMap<Integer, Integer> firsts = new TreeMap<>();
    for (List<Integer> chunk : Placement.place(nodes, new TreeMap<>(), 50, 3)) {
      assertThat(chunk).hasSize(3).doesNotHaveDuplicates();
      chunk.forEach(node -> load.merge(node, 1, Integer::sum));
      firsts.merge(chunk.getFirst(), 1, Integer::sum);
    }
    assertThat(load.values()).containsOnly(30);
    assertThat(firsts.values()).allMatch(count -> count >= 9 && count <= 11);
  }

  @Test
  void emptyNodeTakesNewChunksFirst() {
    TreeMap<Integer, Integer> load = new TreeMap<>();
    load.put(1, 10);
    load.put(2, 10);
    load.put(3, 10);
    List<Placement.Candidate> nodes =
        List.of(node(1, "a"), node(2, "b"), node(3, "c"), node(4, "d"));
    assertThat(Placement.place(nodes, load, 8, 3)).allMatch(chunk -> chunk.contains(4));
  }

  @Test
  void noTwoReplicasShareAFailureDomainWhenThereAreEnough() {
    List<Placement.Candidate> nodes =
        List.of(node(1, "a"), node(2, "a"), node(3, "b"), node(4, "b"), node(5, "c"), node(6, "c"));
    List<String> domains = List.of("", "a", "a", "b", "b", "c", "c");
    for (List<Integer> chunk : Placement.place(nodes, new TreeMap<>(), 20, 3)) {
      assertThat(new HashSet<>(chunk.stream().map(domains::get).toList())).hasSize(3);
    }
  }

  @Test
  void oneDomainForAllStillGivesDistinctNodes() {
    List<Placement.Candidate> nodes = List.of(node(1, "x"), node(2, "x"), node(3, "x"));
    assertThat(Placement.place(nodes, new TreeMap<>(), 1, 3).getFirst())
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void tooFewNodesAreAnErrorThatNamesTheNumbers() {
    assertThatThrownBy(() -> Placement.place(List.of(node(1, "a")), new TreeMap<>(), 1, 3))
        .hasMessageContaining("3 replicas")
        .hasMessageContaining("there are 1");
  }
}
