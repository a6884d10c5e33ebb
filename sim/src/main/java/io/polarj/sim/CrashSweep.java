package io.polarj.sim;

import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the power after every single request to a disk of a short run without other faults: of the
 * one host, of all hosts together, and again during the recovery from that.
 */
final class CrashSweep {
  static final int SHORT_MILLIS = 400;

  private final NamedScenario scenario;
  private final long seed;
  private final List<String> failures = new ArrayList<>();
  private long points;

  CrashSweep(NamedScenario scenario, long seed) {
    this.scenario = scenario;
    this.seed = seed;
  }

  long points() {
    return points;
  }

  /** The commands that bring the failures back. */
  List<String> failures() {
    return failures;
  }

  /** Every {@code step}th point; says how many requests there are. */
  long sweep(Trial basis, long step) {
    Trial quiet = basis.with(FaultPlan.only(List.of()));
    long requests = scenario.run(seed, quiet).trace().requests();
    for (long k = 1; k <= requests; k += step) {
      point(quiet, new CrashPoint(k, false, 0));
      point(quiet, new CrashPoint(k, true, 0));
      point(quiet, new CrashPoint(k, true, 1 + k % 12));
    }
    return requests;
  }

  private void point(Trial quiet, CrashPoint point) {
    points++;
    Trial trial = quiet.with(point);
    Run run = scenario.run(seed, trial);
    if (!run.passed()) {
      failures.add(run.line());
      failures.add(
          "replay: polarj sim replay --scenario %s --seed %d%s"
              .formatted(scenario.title(), seed, trial.arguments(scenario)));
    }
  }
}
