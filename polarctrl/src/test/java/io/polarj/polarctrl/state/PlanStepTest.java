package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.polarctrl.state.PlanStep.Situation;
import io.polarj.storage.protocol.ChunkId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The next step of a plan that moves a replica from node 3 to node 4, by what is reported. */
final class PlanStepTest {
  private static final StoredPlan MOVE = plan(3, 4, false);
  private static final StoredPlan UNDONE = plan(3, 4, true);
  private static final StoredPlan TRIM = plan(3, 0, false);

  private static StoredPlan plan(int source, int target, boolean cancelled) {
    return new StoredPlan(
        7, new ChunkId(1, 0), PlanKind.REPAIR, source, target, PlanState.OPEN, cancelled, 0, 0, "");
  }

  private static PlanStep next(
      StoredPlan plan,
      List<Integer> voters,
      List<Integer> learners,
      int soundOthers,
      boolean sourceSound,
      boolean made,
      boolean caughtUp) {
    return PlanStep.next(
        plan,
        new Situation(true, voters, learners, soundOthers, sourceSound, true, made, caughtUp));
  }

  @Test
  void stepsFollowTheMembersThatTheLeaderReports() {
    List<Integer> old = List.of(1, 2, 3);
    List<Integer> both = List.of(1, 2, 3, 4);
    assertThat(next(MOVE, old, List.of(), 2, true, false, false)).isEqualTo(PlanStep.CREATE);
    assertThat(next(MOVE, old, List.of(), 2, true, true, false)).isEqualTo(PlanStep.ADD_LEARNER);
    assertThat(next(MOVE, old, List.of(4), 2, true, true, false)).isEqualTo(PlanStep.CATCH_UP);
    assertThat(next(MOVE, old, List.of(4), 2, true, true, true)).isEqualTo(PlanStep.PROMOTE);
    assertThat(next(MOVE, both, List.of(), 3, true, true, false)).isEqualTo(PlanStep.CATCH_UP);
    assertThat(next(MOVE, both, List.of(), 3, true, true, true)).isEqualTo(PlanStep.REMOVE);
    assertThat(next(MOVE, List.of(1, 2, 4), List.of(), 3, false, true, true))
        .isEqualTo(PlanStep.FINISH);
  }

  @Test
  void workingVoterIsGivenUpOnlyWhenAllOthersWork() {
    List<Integer> both = List.of(1, 2, 3, 4);
    assertThat(next(MOVE, both, List.of(), 2, true, true, true)).isEqualTo(PlanStep.NOT_SAFE);
    assertThat(next(MOVE, both, List.of(), 2, false, true, true)).isEqualTo(PlanStep.REMOVE);
    assertThat(next(MOVE, both, List.of(), 1, false, true, true)).isEqualTo(PlanStep.NOT_SAFE);
    assertThat(next(TRIM, both, List.of(), 2, true, true, true)).isEqualTo(PlanStep.NOT_SAFE);
    assertThat(next(TRIM, both, List.of(), 3, true, true, true)).isEqualTo(PlanStep.REMOVE);
    assertThat(next(TRIM, List.of(3), List.of(), 0, false, true, true))
        .isEqualTo(PlanStep.NOT_SAFE);
  }

  @Test
  void cancelledPlanIsUndoneUntilItsTargetVotes() {
    List<Integer> old = List.of(1, 2, 3);
    assertThat(next(UNDONE, old, List.of(), 2, true, true, false)).isEqualTo(PlanStep.ABANDON);
    assertThat(next(UNDONE, old, List.of(4), 2, true, true, true)).isEqualTo(PlanStep.DROP_LEARNER);
    assertThat(next(UNDONE, List.of(1, 2, 3, 4), List.of(), 3, true, true, true))
        .isEqualTo(PlanStep.REMOVE);
  }

  @Test
  void withoutALeaderOrATargetItWaits() {
    Situation noLeader =
        new Situation(false, List.of(1, 2, 3), List.of(), 2, true, true, true, true);
    assertThat(PlanStep.next(MOVE, noLeader)).isEqualTo(PlanStep.NO_LEADER);
    Situation silent =
        new Situation(true, List.of(1, 2, 3), List.of(4), 2, true, false, true, true);
    assertThat(PlanStep.next(MOVE, silent)).isEqualTo(PlanStep.TARGET_SILENT);
  }
}
