package io.polarj.sim.fault;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * What happened in a run, besides its outcome.
 *
 * @param faults in words, in order
 * @param numbers of those faults, as a {@link FaultPlan} takes them
 * @param probes how often each probe was reached, by name
 * @param requests to the first host's disk, until the clients were stopped
 */
public record RunTrace(
    List<String> faults, List<Integer> numbers, SortedMap<String, Long> probes, long requests) {
  public static final RunTrace NONE =
      new RunTrace(List.of(), List.of(), Collections.emptySortedMap(), 0);
}
