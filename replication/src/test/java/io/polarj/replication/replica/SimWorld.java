package io.polarj.replication.replica;

import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.protocol.ReplicationCodec;
import java.util.ArrayList;
import java.util.List;

/** A primary, replicas and a bad network in virtual time; the laws are checked after each event. */
final class SimWorld {
  static final long MILLI = 1_000_000L;

  final long seed;
  final RandomStream random;
  final SimScheduler scheduler;
  final SimFabric fabric;
  final ReplicationSettings settings;
  final SimVolume volume = new SimVolume();
  final List<SimReplica> replicas = new ArrayList<>();
  SimPrimary primary;
  private long nodeIds;

  SimWorld(long seed, ReplicationSettings settings) {
    this.seed = seed;
    this.settings = settings;
    random = new RandomStream(seed);
    scheduler = new SimScheduler(seed);
    fabric = new SimFabric(scheduler, random.split("network"), List.of(new ReplicationCodec()));
    startPrimary(0, false);
  }

  void startPrimary(int driftPermille, boolean replicasMayExist) {
    primary =
        new SimPrimary(
            volume,
            scheduler.newLoop("primary", driftPermille),
            fabric,
            settings,
            replicasMayExist);
  }

  SimReplica addReplica(int driftPermille) {
    SimReplica replica =
        new SimReplica(
            ++nodeIds,
            volume,
            scheduler.newLoop("replica-" + nodeIds, driftPermille),
            fabric,
            settings,
            random.split("replica-" + nodeIds));
    replicas.add(replica);
    return replica;
  }

  /** Runs for that long; after each event the primary does its worst and the laws are checked. */
  void run(long nanos) {
    long until = scheduler.nowNanos() + nanos;
    boolean[] over = new boolean[1];
    scheduler.newLoop("end", 0).schedule(nanos, () -> over[0] = true);
    while (!over[0] && scheduler.step()) {
      primary.act();
      for (SimReplica replica : replicas) {
        replica.checkAnswers(
            "seed " + seed + " at " + scheduler.nowNanos(), settings.snapshotsHoldPurge());
      }
    }
    scheduler.runUntil(until);
  }

  void cut(SimReplica replica) {
    fabric.block(replica.address, SimPrimary.ADDRESS);
    fabric.block(SimPrimary.ADDRESS, replica.address);
  }

  boolean allServe() {
    return replicas.stream()
        .allMatch(replica -> replica.gate.open() && replica.applied == volume.durable);
  }
}
