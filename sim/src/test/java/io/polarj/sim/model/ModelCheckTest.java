package io.polarj.sim.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.sim.model.ModelCheck.Bounds;
import io.polarj.sim.model.ModelCheck.Result;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exhaustive: no seeds. All searches together take some seconds and less than 1 GB. */
class ModelCheckTest {
  @Test
  void publishedRulesLetAGhostOverwriteANewerEntryInSeventeenSteps() {
    Result result = ModelCheck.published(Bounds.THREE_TERMS);
    assertThat(result.violation()).as(result.toString()).startsWith("stale overwrite");
    List<String> history = result.history();
    assertThat(history).hasSize(17);
    assertThat(result.depth()).isEqualTo(17);
    int ghost = indexOf(history, "logs index 1 = x/t1");
    int other = indexOf(history, "logs index 1 = y/t2");
    int newer = indexOf(history, "logs index 2 = x/t2");
    int committed = indexOf(history, "commits index 2");
    int newerApplied = indexOf(history, "applies index 2 = x/t2");
    int revived = indexOf(history, "commits index 1");
    int ghostApplied = indexOf(history, "applies index 1 = x/t1");
    assertThat(List.of(ghost, other, newer, committed, newerApplied, revived, ghostApplied))
        .isSorted();
    assertThat(ghostApplied).isEqualTo(16);
    assertThat(history.get(ghostApplied).charAt(0))
        .as("one and the same replica applies both")
        .isEqualTo(history.get(newerApplied).charAt(0));
  }

  @Test
  void publishedRulesWithFourTermsLetTwoReplicasApplyDifferentValues() {
    Result result = ModelCheck.published(Bounds.FOUR_TERMS);
    assertThat(result.violation()).as(result.toString()).startsWith("disagreement");
    assertThat(result.history()).hasSize(15);
  }

  @Test
  void correctedRulesAreSafeInEveryHistoryOfThreeTerms() {
    Result result = ModelCheck.corrected(Bounds.THREE_TERMS);
    assertThat(result.violation()).as(result.toString()).isNull();
    assertThat(result.complete()).isTrue();
    assertThat(result.states()).isEqualTo(966_596);
  }

  @Test
  void correctedRulesAreSafeInEveryHistoryOfFourTerms() {
    Result result = ModelCheck.corrected(Bounds.FOUR_TERMS);
    assertThat(result.violation()).as(result.toString()).isNull();
    assertThat(result.complete()).isTrue();
    assertThat(result.states()).isEqualTo(5_807_538);
  }

  @ParameterizedTest
  @EnumSource(Omission.class)
  void everyCorrectionIsNeeded(Omission omission) {
    Result result = ModelCheck.corrected(Bounds.FOUR_TERMS, Set.of(omission));
    assertThat(result.violation()).as("without " + omission + ": " + result).isNotNull();
  }

  @Test
  void namesOfReplicasAndAddressesDoNotMakeAnotherState() {
    ModelState state = new ModelState();
    state.words[0] = ReplicaWord.elected(ReplicaWord.INITIAL, 2, 1);
    state.words[1] = ReplicaWord.promised(ReplicaWord.INITIAL, 2);
    long slot = ReplicaWord.newSlot(ReplicaWord.WRITE_X, 1, 1, ReplicaWord.WRITE_Y);
    state.words[2] =
        ReplicaWord.withSlot(ReplicaWord.INITIAL, 2, ReplicaWord.acknowledged(slot, 2));
    ModelState renamed = new ModelState(); // 0 and 1 change places, x and y too
    renamed.words[1] = ReplicaWord.elected(ReplicaWord.INITIAL, 2, 2);
    renamed.words[0] = state.words[1];
    long swapped = ReplicaWord.newSlot(ReplicaWord.WRITE_Y, 1, 1, ReplicaWord.WRITE_X);
    renamed.words[2] =
        ReplicaWord.withSlot(ReplicaWord.INITIAL, 2, ReplicaWord.acknowledged(swapped, 1));
    assertThat(renamed.matches(state)).isFalse();
    state.canonicalize();
    renamed.canonicalize();
    assertThat(renamed.matches(state)).isTrue();
  }

  private static int indexOf(List<String> history, String part) {
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i).contains(part)) {
        return i;
      }
    }
    throw new AssertionError("no step says \"" + part + "\":\n" + String.join("\n", history));
  }
}
