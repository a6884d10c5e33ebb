package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private static Placement.Candidate node(int number, String domain) {
    return node(number, domain, 0);
  }

  private static Placement.Candidate node(int number, String domain, long promised) {
    return new Placement.Candidate(number, FailureDomain.of(domain), 1 << 30, 1 << 30, promised);
  }

  private static List<List<Integer>> place(
      List<Placement.Candidate> nodes, int count, int replicas) {
    return new Placement(false).place(nodes, count, replicas, 1 << 20);
  }

  @Test
  void replicasAreOnDistinctNodesAndTheNodesEvenlyLoaded() {
    List<Placement.Candidate> nodes =
        List.of(node(1, "a"), node(2, "b"), node(3, "c"), node(4, "d"), node(5, "e"));
    TreeMap<Integer, Integer> load = new TreeMap<>();
    TreeMap<Integer, Integer> firsts = new TreeMap<>();
    for (List<Integer> chunk : place(nodes, 50, 3)) {
      assertThat(chunk).hasSize(3).doesNotHaveDuplicates();
      chunk.forEach(node -> load.merge(node, 1, Integer::sum));
      firsts.merge(chunk.getFirst(), 1, Integer::sum);
    }
    assertThat(load.values()).containsOnly(30);
    assertThat(firsts.values()).allMatch(count -> count >= 9 && count <= 11);
  }

  @Test
  void emptyNodeTakesNewChunksFirst() {
    List<Placement.Candidate> nodes =
        List.of(
            node(1, "a", 10 << 20), node(2, "b", 10 << 20), node(3, "c", 10 << 20), node(4, "d"));
    assertThat(place(nodes, 8, 3)).allMatch(chunk -> chunk.contains(4));
  }

  @Test
  void noTwoReplicasShareARackWhenThereAreEnough() {
    List<Placement.Candidate> nodes =
        List.of(
            node(1, "a/1"),
            node(2, "a/2"),
            node(3, "b/3"),
            node(4, "b/4"),
            node(5, "c/5"),
            node(6, "c/6"));
    List<String> racks = List.of("", "a", "a", "b", "b", "c", "c");
    for (List<Integer> chunk : place(nodes, 20, 3)) {
      assertThat(new HashSet<>(chunk.stream().map(racks::get).toList())).hasSize(3);
    }
  }

  @Test
  void racksThatAreTooFewAreUsedTwiceButNeverAHost() {
    List<Placement.Candidate> nodes =
        List.of(node(1, "a/1"), node(2, "a/1"), node(3, "a/2"), node(4, "b/3"));
    for (List<Integer> chunk : place(nodes, 10, 3)) {
      assertThat(chunk).contains(3, 4).doesNotContainSequence(1, 2);
    }
  }

  @Test
  void twoReplicasOnAHostAreRefusedUnlessASettingAllowsThem() {
    List<Placement.Candidate> nodes = List.of(node(1, "x"), node(2, "x"), node(3, "y"));
    assertThatThrownBy(() -> place(nodes, 1, 3))
        .hasMessageContaining("2 hosts")
        .hasMessageContaining("ctrl.shared.hosts");
    assertThat(new Placement(true).place(nodes, 1, 3, 1 << 20).getFirst())
        .containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void tooFewNodesAreAnErrorThatNamesTheNumbers() {
    assertThatThrownBy(() -> place(List.of(node(1, "a")), 1, 3))
        .hasMessageContaining("3 replicas")
        .hasMessageContaining("there are 1");
  }
}
