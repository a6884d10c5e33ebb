package io.polarj.sim.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the production replica through seeded chaos; every failure names its seed. */
class RaftScenarioTest {
  private static final int SEEDS = 30;

  @Test
  void lawsHoldForASliceOfSeeds() {
    for (long seed = 1000; seed < 1000 + SEEDS; seed++) {
      Report report = Scenario.run(seed, Options.DEFAULT);
      assertThat(report.passed()).as(report.toString()).isTrue();
      assertThat(report.finished()).as(report.toString()).isPositive();
    }
  }

  /**
   * 1, 15: a merge that saw only part of a long undecided log dropped a decided entry. 108: a copy
   * of a request still waiting for its log entry was acknowledged. In 11430 a voter trimmed what it
   * had to report while its vote became durable.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 15, 26, 37, 108, 11430})
  void seedsThatOnceFailedPass(long seed) {
    assertThat(Scenario.run(seed, Options.DEFAULT).violation()).isNull();
  }

  @Test
  void sameSeedGivesTheSameRunEventForEvent() {
    Report first = Scenario.run(42, Options.DEFAULT);
    assertThat(Scenario.run(42, Options.DEFAULT)).isEqualTo(first);
    assertThat(Scenario.run(43, Options.DEFAULT).traceHash()).isNotEqualTo(first.traceHash());
  }
}
