package io.polarj.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

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
