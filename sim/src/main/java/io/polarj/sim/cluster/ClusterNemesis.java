package io.polarj.sim.cluster;

import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetworkFaults;
import io.polarj.storage.disk.DiskGeometry;
import java.util.List;

/**
 * Makes trouble at random until told to stop, then heals everything. Bits rot on all nodes, but of
 * every block on one node only: two good copies of everything stay elsewhere, or one and a late
 * one.
 */
final class ClusterNemesis {
  private static final long MILLI = 1_000_000L;

  private final SimLoop loop;
  private final RandomStream random;
  private final SimFabric fabric;
  private final List<ServerNode> nodes;
  private final boolean rots;
  private final boolean bitRot;
  private final int rotSalt;
  private final RandomStream rotting;
  private boolean stopped;
  private int crashes;

  ClusterNemesis(
      SimLoop loop, RandomStream random, SimFabric fabric, List<ServerNode> nodes, boolean bitRot) {
    this.loop = loop;
    this.random = random;
    this.fabric = fabric;
    this.nodes = nodes;
    this.rotSalt = random.nextInt(nodes.size());
    this.rots = random.chance(0.5) || bitRot;
    this.bitRot = bitRot;
    this.rotting = random.split("rotting");
  }

  void start() {
    loop.schedule(MILLI * (100 + random.nextLong(800)), this::strike);
    if (bitRot) {
      gnaw();
    }
  }

  private void gnaw() {
    if (!stopped) {
      if (rotting.chance(0.3)) {
        rot();
      } else {
        rotHot();
      }
      loop.schedule(MILLI * (3 + rotting.nextLong(30)), this::gnaw);
    }
  }

  int crashes() {
    return crashes;
  }

  void heal() {
    stopped = true;
    fabric.unblockAll();
    fabric.faults(SimNetworkFaults.NONE);
    for (ServerNode node : nodes) {
      if (!node.running()) {
        node.start();
      }
    }
  }

  private void strike() {
    if (stopped) {
      return;
    }
    ServerNode victim = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(9)) {
      case 0, 1 -> crash(victim);
      case 2 -> {
        if (victim.running()) {
          victim.pause(MILLI * (20 + random.nextLong(1500)));
        }
      }
      case 3 -> isolate(victim);
      case 4 -> oneWay();
      case 5 -> fabric.faults(badNetwork());
      case 6 -> {
        for (ServerNode node : nodes) {
          if (random.chance(0.7)) {
            crash(node);
          }
        }
      }
      case 7 -> {
        for (int i = 0; rots && i < 30; i++) {
          rot();
        }
      }
      default -> {
        fabric.unblockAll();
        fabric.faults(SimNetworkFaults.NONE);
      }
    }
    loop.schedule(MILLI * (30 + random.nextLong(700)), this::strike);
  }

  private void crash(ServerNode node) {
    if (!node.running()) {
      return;
    }
    crashes++;
    node.crash();
    loop.schedule(
        MILLI * (5 + random.nextLong(1200)),
        () -> {
          if (!node.running()) {
            node.start();
          }
        });
  }

  /** Flips a bit of a block on the one node where that block may rot. */
  private void rot() {
    int chunk = rotting.nextInt(ClusterScenario.CHUNKS);
    int block = rotting.nextInt(ClusterScenario.CHUNK_BLOCKS);
    rot(chunk, block, rotting.nextInt(DiskGeometry.BLOCK_BYTES));
  }

  /** The same where most requests go. */
  private void rotHot() {
    int sector = ClusterScenario.HOT_FIRST + rotting.nextInt(ClusterScenario.HOT_SECTORS);
    long at = (long) sector * Mount.SECTOR + rotting.nextInt(Mount.SECTOR);
    int block = (int) (at / DiskGeometry.BLOCK_BYTES);
    rot(
        block / ClusterScenario.CHUNK_BLOCKS,
        block % ClusterScenario.CHUNK_BLOCKS,
        (int) (at % DiskGeometry.BLOCK_BYTES));
  }

  private void rot(int chunk, int block, int at) {
    ServerNode victim = nodes.get((block + chunk + rotSalt) % nodes.size());
    victim.rot(chunk, block, at, rotting.nextInt(8));
  }

  private void isolate(ServerNode victim) {
    for (ServerNode other : nodes) {
      if (other != victim) {
        fabric.block(ServerNode.address(victim.id()), ServerNode.address(other.id()));
        fabric.block(ServerNode.address(other.id()), ServerNode.address(victim.id()));
      }
    }
  }

  private void oneWay() {
    ServerNode from = nodes.get(random.nextInt(nodes.size()));
    ServerNode to = nodes.get(random.nextInt(nodes.size()));
    fabric.block(ServerNode.address(from.id()), ServerNode.address(to.id()));
  }

  private SimNetworkFaults badNetwork() {
    return new SimNetworkFaults(
        50_000,
        100_000 + random.nextLong(20 * MILLI),
        random.nextDouble() * 0.2,
        random.nextDouble() * 0.4,
        random.nextLong(3_000 * MILLI),
        0.05);
  }
}
