package io.polarj.sim;

import io.polarj.platform.loop.Probe;
import io.polarj.sim.cluster.ClusterScenario;
import io.polarj.sim.fault.FaultKind;
import io.polarj.storage.chunkserver.ServerProbe;
import io.polarj.storage.raft.RaftProbe;
import io.polarj.storage.repair.RepairProbe;
import io.polarj.storage.store.StoreProbe;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each probe was reached by many runs. */
final class Coverage {
  private static final List<Probe[]> KNOWN =
      List.of(
          FaultKind.values(),
          ClusterScenario.faults(),
          RaftProbe.values(),
          StoreProbe.values(),
          RepairProbe.values(),
          ServerProbe.values());

  private final TreeMap<String, Long> counts = new TreeMap<>();

  Coverage() {
    for (Probe[] some : KNOWN) {
      for (Probe probe : some) {
        counts.put(probe.name(), 0L);
      }
    }
  }

  void add(SortedMap<String, Long> some) {
    some.forEach((name, count) -> counts.merge(name, count, Long::sum));
  }

  TreeMap<String, Long> counts() {
    return counts;
  }

  List<String> neverReached() {
    return counts.entrySet().stream().filter(e -> e.getValue() == 0).map(e -> e.getKey()).toList();
  }
}
