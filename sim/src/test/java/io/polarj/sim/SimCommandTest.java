package io.polarj.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimCommandTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void runPrintsALineForEverySeed() {
    int code =
        SimCommand.run(List.of("run", "--scenario", "raft", "--seed", "1000", "--count", "2"), out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
    assertThat(printed())
        .contains("seeds 1000..1001")
        .contains("seed=1000")
        .contains("seed=1001")
        .contains("2 runs")
        .contains("0 failed");
  }

  @Test
  void replayRunsTheSeedTwiceTheSame() {
    int code = SimCommand.run(List.of("replay", "--scenario", "raft", "--seed", "1000"), out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
  }

  @Test
  void shrinkFindsTheFewFaultsThatBreakTheLawAndHowToReplayThem() {
    List<String> planted =
        List.of("--scenario", "raft", "--seed", "1", "--plant", "COMMIT_WITHOUT_MAJORITY");
    int code = SimCommand.run(with("shrink", planted, "--runs", "60"), out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.LAW_BROKEN);
    String replay = printed().lines().filter(l -> l.startsWith("replay: ")).findFirst().get();
    List<String> words = List.of(replay.substring("replay: polarj sim ".length()).split(" "));
    assertThat(SimCommand.run(words, out)).as(printed()).isEqualTo(SimCommand.LAW_BROKEN);
  }

  private static List<String> with(String verb, List<String> middle, String... end) {
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(middle);
    all.addAll(List.of(end));
    return all;
  }

  @Test
  void everyScenarioIsTheSameTheSecondTime() {
    int code = SimCommand.run(List.of("determinism", "--seed", "7", "--count", "1"), out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
  }

  @Test
  void powerCutAfterEveryFewRequestsLosesNothing() {
    for (String scenario : List.of("raft", "cluster")) {
      int code =
          SimCommand.run(List.of("crash-points", "--scenario", scenario, "--step", "25"), out);
      assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
    }
    assertThat(printed()).containsPattern("[1-9][0-9]* crash points, 0 failed");
  }

  @Test
  void campaignThatWasStoppedGoesOnAndEndsWithATable(@TempDir Path directory) {
    Path state = directory.resolve("state");
    new Campaign(out, state, 1, 40).stoppingAfter(3).run(1);
    int all = NamedScenario.values().length; // so few seeds are a batch of each
    assertThat(printed()).contains("3 of " + all + " batches");
    int code =
        SimCommand.run(
            List.of("campaign", "--seeds", "40", "--state", state.toString(), "--threads", "2"),
            out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
    assertThat(printed())
        .contains("3 done")
        .contains(all + " of " + all + " batches")
        .contains("POWER_CUT");
    int other =
        SimCommand.run(List.of("campaign", "--seeds", "9", "--state", state.toString()), out);
    assertThat(other).as("another campaign's file").isEqualTo(SimCommand.BAD_ARGUMENTS);
  }

  @Test
  void fuzzPrintsItsFirstSeed() {
    int code = SimCommand.run(List.of("fuzz", "--seed", "5", "--budget", "1"), out);
    assertThat(code).as(printed()).isEqualTo(SimCommand.PASSED);
    assertThat(printed()).contains("first seed 5");
  }

  @Test
  void spentBudgetStartsNoRun() {
    int code = SimCommand.run(List.of("run", "--scenario", "cluster", "--budget", "0"), out);
    assertThat(code).isEqualTo(SimCommand.PASSED);
    assertThat(printed()).contains("0 runs");
  }

  @Test
  void argumentsThatMakeNoSenseAreRefusedWithTheUsage() {
    for (List<String> bad :
        List.of(
            List.<String>of(),
            List.of("run"),
            List.of("run", "--scenario", "none"),
            List.of("run", "--scenario", "raft", "--seed", "x"),
            List.of("run", "--scenario"),
            List.of("replay", "--scenario", "model", "--seed", "1"))) {
      assertThat(SimCommand.run(bad, out)).as(bad.toString()).isEqualTo(SimCommand.BAD_ARGUMENTS);
    }
    assertThat(printed()).contains("polarj sim run");
  }
}
