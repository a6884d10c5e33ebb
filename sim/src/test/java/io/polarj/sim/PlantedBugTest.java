package io.polarj.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.sim.cluster.ClusterOptions;
import io.polarj.sim.cluster.ClusterScenario;
import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import io.polarj.sim.raft.Options;
import io.polarj.sim.raft.Scenario;
import io.polarj.storage.raft.PlantedBug;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every planted bug is caught by a scenario within so many seeds; docs/PLANTED_BUGS.md has the
 * table. A seed that caught it when it was last measured is tried first.
 */
class PlantedBugTest {
  private static final int MOST_SEEDS = 200;
  private static final int MOST_CRASH_POINTS = 500;

  /** Or too seldom: docs/PLANTED_BUGS.md says why. */
  private static final Set<PlantedBug> NOT_CAUGHT =
      EnumSet.of(
          PlantedBug.VOTE_BEFORE_DURABLE,
          PlantedBug.COPY_BEFORE_DURABLE,
          PlantedBug.FORGET_VOTE,
          PlantedBug.VOTE_DESPITE_LEADER,
          PlantedBug.VOTE_RIGHT_AFTER_START,
          PlantedBug.LEASE_FROM_ANSWER,
          PlantedBug.WIPED_VOTER_TAKES_PART);

  @ParameterizedTest
  @CsvSource({
    "REVIVE_GHOST, raft, 4",
    "APPLY_OVERLAPPING_OUT_OF_ORDER, raft, 1",
    "ACCEPT_OLD_EPOCH, raft, 6",
    "READ_WITHOUT_LEASE, raft, 20",
    "FORGET_REQUEST_IDS, raft, 3",
    "READ_AROUND_UNAPPLIED, raft, 11",
    "VOTE_TWICE, raft, 9",
    "COMMIT_WITHOUT_MAJORITY, raft, 1",
    "CAP_VOTE_REPORT, raft, 16",
    "FORGET_TERM, raft, 26",
    "ACKNOWLEDGE_BEFORE_DURABLE, raft, 1",
    "BARRIER_BEFORE_CLOSE, raft, 14",
    "TRIM_BEFORE_DURABLE, raft, 136",
    "FORGET_EPOCH, raft, 28",
    "READ_BY_OLD_ROUND, raft, 16",
    "LEARNERS_COUNT, replaced-disk, 1",
    "LOG_BEFORE_FLUSH, cluster, 1",
    "TRUST_CORRUPT_BLOCK, cluster, 12",
    "REPAIR_FROM_STALE_PEER, bit-rot, 5",
    "SKIP_COPY_ON_WRITE, snapshots, 1",
    "SNAPSHOT_AFTER_NEWER_WRITE, snapshots, 1",
  })
  void plantedBugIsCaught(PlantedBug bug, String scenario, long likely) {
    NamedScenario named = NamedScenario.of(scenario);
    Trial trial = Trial.ofAll(named).planting(Set.of(bug));
    boolean caught = catches(named.run(likely, trial));
    for (long seed = 1; seed <= MOST_SEEDS && !caught; seed++) {
      caught = catches(named.run(seed, trial));
    }
    assertThat(caught).as("%s is caught by %s", bug, scenario).isTrue();
  }

  /** The power must go between the image and the flush behind it: every request is tried. */
  @Test
  void checkpointBeforeItsFlushIsCaughtByACrashPoint() {
    Trial trial =
        Trial.ofAll(NamedScenario.TIGHT_LOG)
            .with(FaultPlan.only(List.of()))
            .withChaos(400)
            .planting(EnumSet.of(PlantedBug.CHECKPOINT_BEFORE_FLUSH));
    boolean caught = false;
    for (long request = 1; request <= MOST_CRASH_POINTS && !caught; request++) {
      caught =
          catches(NamedScenario.TIGHT_LOG.run(20, trial.with(new CrashPoint(request, true, 6))));
    }
    assertThat(caught).isTrue();
  }

  private static boolean catches(Run run) {
    return !run.passed() && !run.livenessOnly();
  }

  @Test
  void everyPlantedBugIsInTheTableOrPlayedStepByStep() throws NoSuchMethodException {
    EnumSet<PlantedBug> tried =
        EnumSet.of(
            PlantedBug.ACKNOWLEDGE_UNLOGGED_COPY, // RaftHistoryTest plays these two
            PlantedBug.BLIND_BATCHES,
            PlantedBug.CHECKPOINT_BEFORE_FLUSH); // by a crash point, below
    tried.addAll(NOT_CAUGHT);
    CsvSource table =
        PlantedBugTest.class
            .getDeclaredMethod("plantedBugIsCaught", PlantedBug.class, String.class, long.class)
            .getAnnotation(CsvSource.class);
    Arrays.stream(table.value())
        .map(row -> PlantedBug.valueOf(row.substring(0, row.indexOf(','))))
        .forEach(tried::add);
    assertThat(tried).containsExactlyInAnyOrder(PlantedBug.values());
  }

  @Test
  void logThatAcknowledgesBeforeItFlushesIsCaught() {
    boolean caught = false;
    for (long seed = 1; seed <= MOST_SEEDS && !caught; seed++) {
      caught = broken(Scenario.run(seed, Options.DEFAULT.skippingFlush()).violation());
    }
    assertThat(caught).isTrue();
  }

  @Test
  void diskThatLiesAboutFlushesIsCaught() {
    boolean caught = false;
    for (long seed = 1; seed <= MOST_SEEDS && !caught; seed++) {
      caught = broken(ClusterScenario.run(seed, ClusterOptions.DEFAULT.lyingFlush()).violation());
    }
    assertThat(caught).isTrue();
  }

  private static boolean broken(String violation) {
    return violation != null && !violation.startsWith("liveness");
  }
}
