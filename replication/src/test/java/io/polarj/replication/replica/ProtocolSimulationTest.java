package io.polarj.replication.replica;

import static io.polarj.replication.replica.SimWorld.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.sim.SimNetworkFaults;
import io.polarj.replication.ReplicationSettings;
import org.junit.jupiter.api.Test;

/**
 * Random faults: messages lost, repeated much later and overtaking each other, partitions, stopped
 * processes, killed replicas, restarted primaries, drifting clocks. R3, R5, R7 and E4 hold after
 * every event; when the faults end, every replica serves and nobody holds the primary back.
 */
class ProtocolSimulationTest {
  private static final int SEEDS = Integer.getInteger("replication.seeds", 40);

  @Test
  void lawsHoldUnderEveryFault() {
    long first = Long.getLong("replication.seed", 1);
    for (long seed = first; seed < first + SEEDS; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    ReplicationSettings settings = ReplicationSettings.defaults().withLease(400, 60, 40);
    SimWorld world = new SimWorld(seed, settings);
    for (int i = 0; i < 3; i++) {
      world.addReplica(drift(world));
    }
    for (int round = 0; round < 60; round++) {
      fault(world);
      for (int i = 0; i < 10; i++) {
        world.primary.write(1 + world.random.nextLong(300));
        SimReplica replica = world.replicas.get(world.random.nextInt(world.replicas.size()));
        if (world.random.chance(0.3)) {
          replica.read();
        }
        if (world.random.chance(0.2) && !replica.readers.isEmpty()) {
          replica.readers.remove(world.random.nextInt(replica.readers.size()));
        }
        world.run(world.random.nextLong(12 * MILLI));
      }
    }
    heal(world);
    world.run(12_000 * MILLI);
    assertThat(world.allServe()).as("seed %s: all serve when faults end", seed).isTrue();
    assertThat(world.volume.flushed)
        .as("seed %s: nobody holds the primary back", seed)
        .isEqualTo(world.volume.durable);
    assertThat(world.volume.purged).as("seed %s", seed).isEqualTo(world.volume.durable);
  }

  private static int drift(SimWorld world) {
    return world.random.nextInt(41) - 20;
  }

  private static void fault(SimWorld world) {
    SimReplica replica = world.replicas.get(world.random.nextInt(world.replicas.size()));
    switch (world.random.nextInt(12)) {
      case 0 -> world.cut(replica);
      case 1 -> world.fabric.block(SimPrimary.ADDRESS, replica.address);
      case 2 -> world.fabric.block(replica.address, SimPrimary.ADDRESS);
      case 3, 4, 5 -> world.fabric.unblockAll();
      case 6 ->
          world.fabric.faults(new SimNetworkFaults(50_000, 2 * MILLI, 0.2, 0.2, 2000 * MILLI, 0.1));
      case 7 -> world.fabric.faults(SimNetworkFaults.NONE);
      case 8 -> replica.loop.pause(world.random.nextLong(800 * MILLI));
      case 9 -> world.primary.loop.pause(world.random.nextLong(800 * MILLI));
      case 10 -> {
        if (world.random.chance(0.5)) {
          replica.kill();
          world.replicas.remove(replica);
          world.addReplica(drift(world));
        }
      }
      default -> {
        if (world.random.chance(0.5)) {
          world.primary.kill();
          world.startPrimary(drift(world), true);
        } else {
          replica.stuck = !replica.stuck;
        }
      }
    }
  }

  private static void heal(SimWorld world) {
    world.fabric.unblockAll();
    world.fabric.faults(SimNetworkFaults.NONE);
    for (SimReplica replica : world.replicas) {
      replica.stuck = false;
      replica.slowNanos = 10_000;
      replica.readers.clear();
    }
    world.primary.write(1);
  }
}
