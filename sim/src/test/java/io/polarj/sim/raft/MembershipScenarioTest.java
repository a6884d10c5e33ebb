package io.polarj.sim.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members come and go while everything else goes wrong too. */
class MembershipScenarioTest {
  private static final Options MEMBERS = Options.DEFAULT.reconfiguring();

  @ParameterizedTest
  @ValueSource(longs = {2023, 2750, 3231}) // a learner waited for a copy whose sender had gone
  void learnersGetTheirCopiesAnew(long seed) {
    Report report = Scenario.run(seed, MEMBERS);
    assertThat(report.passed()).as(report.toString()).isTrue();
  }

  @Test
  void lawsHoldWhileMembersChange() {
    int memberships = 0;
    for (long seed = 1; seed <= 30; seed++) {
      Report report = Scenario.run(seed, MEMBERS);
      assertThat(report.passed()).as(report.toString()).isTrue();
      memberships += report.memberships();
    }
    assertThat(memberships).as("changes that became final").isGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {112, 2034, 5005}) // once waited for ever for a copy, for a leader, for a copy
  void replacedDisksAreFilledAgain(long seed) {
    Report report = Scenario.run(seed, MEMBERS.replacingDisks());
    assertThat(report.passed()).as(report.toString()).isTrue();
  }

  @Test
  void sameSeedGivesTheSameRunEventForEvent() {
    assertThat(Scenario.run(7, MEMBERS)).isEqualTo(Scenario.run(7, MEMBERS));
  }
}
