/**
 * Hosts that fight for one volume: the production lock and file system over a simulated shared
 * device, under kills at every I/O, pauses longer than the lease, partitions, late and torn writes
 * and hosts with the same id. Way in: {@code PaxosScenario}.
 */
package io.polarj.sim.paxos;
