/**
 * An exhaustive model check of the consensus rules, apart from their implementation: every history
 * of three replicas, two log indices, two addresses and at most three terms, breadth first.
 *
 * <p>{@code PublishedRules} is ParallelRaft as its paper has it: the search ends with the shortest
 * history in which a ghost entry overwrites a newer one. {@code CorrectedRules} is what {@code
 * io.polarj.storage.raft} builds: the search ends with no state left. A {@code Omission} leaves one
 * of the corrections out. Way in: {@code ModelCheck}.
 */
package io.polarj.sim.model;
