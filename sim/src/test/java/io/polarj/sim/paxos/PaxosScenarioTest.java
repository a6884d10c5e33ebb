package io.polarj.sim.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Hosts that fight for a volume under seeded chaos; every failure names its seed. */
class PaxosScenarioTest {
  private static final int SEEDS = 30;

  @Test
  void nothingIsLostHoweverHostsFightForTheVolume() {
    int owners = 0;
    int busy = 0;
    int twins = 0;
    int fenced = 0;
    int torn = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      PaxosReport report = PaxosScenario.run(seed);
      assertThat(report.passed()).as(report.toString()).isTrue();
      owners += report.owners();
      busy += report.busy();
      twins += report.twins();
      fenced += report.fencedWrites();
      torn += report.torn();
    }
    assertThat(owners).as("changes of the owner").isGreaterThan(10 * SEEDS);
    assertThat(busy).as("attempts refused with the owner's name").isPositive();
    assertThat(twins).as("hosts refused because of their id").isPositive();
    assertThat(fenced).as("writes refused because of their epoch").isPositive();
    assertThat(torn).as("writes torn by a death").isPositive();
  }

  @Test
  void sameSeedGivesTheSameRun() {
    assertThat(PaxosScenario.run(18).toString()).isEqualTo(PaxosScenario.run(18).toString());
  }

  @Test
  void chunksThatAcceptOldEpochsAreNoticed() {
    int noticed = 0;
    for (long seed = 1; seed <= 10; seed++) {
      noticed += PaxosScenario.run(seed, true).passed() ? 0 : 1;
    }
    assertThat(noticed).as("of 10 seeds").isPositive();
  }
}
