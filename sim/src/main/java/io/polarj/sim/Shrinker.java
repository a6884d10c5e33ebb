package io.polarj.sim;

import io.polarj.sim.fault.FaultPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for less that breaks the same law: fewer faults (delta debugging over their numbers), fewer
 * clients, less virtual time. Leaving something out changes everything behind it, so what is left
 * need not be the least, but it fails for sure.
 */
final class Shrinker {
  private final NamedScenario scenario;
  private final long seed;
  private final int mostRuns;
  private String law;
  private Trial best;
  private Run failing;
  private int runs;

  Shrinker(NamedScenario scenario, long seed, int mostRuns) {
    this.scenario = scenario;
    this.seed = seed;
    this.mostRuns = mostRuns;
  }

  /** Null when the seed does not fail at all. */
  Trial shrink(Trial whole) {
    failing = scenario.run(seed, whole);
    if (failing.passed()) {
      return null;
    }
    law = failing.law();
    best = whole;
    try {
      shorten();
      dropClients();
      dropFaults();
      shorten();
      dropFaults();
    } catch (OutOfRuns enough) {
      return best;
    }
    return best;
  }

  Run failing() {
    return failing;
  }

  int runs() {
    return runs;
  }

  private static final class OutOfRuns extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Whether it still fails; then it is the new best. */
  private boolean fails(Trial trial) {
    if (runs++ >= mostRuns) {
      throw new OutOfRuns();
    }
    Run run = scenario.run(seed, trial);
    if (!run.law().equals(law)) {
      return false;
    }
    best = trial;
    failing = run;
    return true;
  }

  private void shorten() {
    for (int percent : new int[] {10, 25, 50, 75, 90}) {
      int millis = best.chaosMillis() * percent / 100;
      if (millis > 0 && fails(best.withChaos(millis))) {
        return;
      }
    }
  }

  private void dropClients() {
    for (int clients = 1; clients < best.clients(); clients++) {
      if (fails(best.withClients(clients))) {
        return;
      }
    }
  }

  private void dropFaults() {
    List<Integer> left = new ArrayList<>(failing.trace().numbers());
    if (left.isEmpty() || fails(best.with(FaultPlan.only(List.of())))) {
      return;
    }
    int parts = 2;
    while (left.size() > 1) {
      int size = (left.size() + parts - 1) / parts;
      boolean smaller = false;
      for (int from = 0; from < left.size() && !smaller; from += size) {
        List<Integer> rest = new ArrayList<>(left);
        rest.subList(from, Math.min(from + size, left.size())).clear();
        if (fails(best.with(FaultPlan.only(rest)))) {
          left = rest;
          smaller = true;
        }
      }
      if (!smaller && size == 1) {
        return;
      }
      parts = smaller ? Math.max(2, parts - 1) : Math.min(left.size(), parts * 2);
    }
  }
}
