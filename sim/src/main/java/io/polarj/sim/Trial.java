package io.polarj.sim;

import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/** How much of a seed's run is carried out: all of it, or what was found to be enough. */
record Trial(
    FaultPlan faults, int clients, int chaosMillis, CrashPoint crash, Set<PlantedBug> planted) {
  static Trial ofAll(NamedScenario scenario) {
    return new Trial(
        FaultPlan.ALL, scenario.clients(), scenario.chaosMillis(), CrashPoint.NONE, Set.of());
  }

  Trial with(FaultPlan some) {
    return new Trial(some, clients, chaosMillis, crash, planted);
  }

  Trial withClients(int count) {
    return new Trial(faults, count, chaosMillis, crash, planted);
  }

  Trial withChaos(int millis) {
    return new Trial(faults, clients, millis, crash, planted);
  }

  Trial with(CrashPoint point) {
    return new Trial(faults, clients, chaosMillis, point, planted);
  }

  Trial planting(Set<PlantedBug> bugs) {
    return new Trial(faults, clients, chaosMillis, crash, bugs);
  }

  /** What to add to {@code replay --scenario NAME --seed N}. */
  String arguments(NamedScenario scenario) {
    Trial whole = ofAll(scenario);
    StringBuilder text = new StringBuilder();
    if (!faults.toString().equals("all")) {
      text.append(" --faults ").append(faults);
    }
    if (clients != whole.clients) {
      text.append(" --clients ").append(clients);
    }
    if (chaosMillis != whole.chaosMillis) {
      text.append(" --chaos ").append(chaosMillis);
    }
    if (crash.request() > 0) {
      text.append(" --crash ").append(crash.request()).append(crash.all() ? ",all," : ",one,");
      text.append(crash.again());
    }
    for (PlantedBug bug : planted) {
      text.append(" --plant ").append(bug);
    }
    return text.toString();
  }
}
