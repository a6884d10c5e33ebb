package io.polarj.sim.raft;

import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetworkFaults;
import java.util.List;

/** Makes trouble at random until told to stop, then heals everything. */
final class Nemesis {
  private static final long MILLI = 1_000_000L;

  private final SimLoop loop;
  private final RandomStream random;
  private final SimFabric fabric;
  private final List<SimNode> nodes;
  private boolean stopped;
  private int crashes;

  Nemesis(SimLoop loop, RandomStream random, SimFabric fabric, List<SimNode> nodes) {
    this.loop = loop;
    this.random = random;
    this.fabric = fabric;
    this.nodes = nodes;
  }

  void start() {
    loop.schedule(MILLI * (500 + random.nextLong(1500)), this::strike);
  }

  int crashes() {
    return crashes;
  }

  void heal() {
    stopped = true;
    fabric.unblockAll();
    fabric.faults(SimNetworkFaults.NONE);
    for (SimNode node : nodes) {
      if (!node.running()) {
        node.start();
      }
    }
  }

  private void strike() {
    if (stopped) {
      return;
    }
    SimNode victim = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(8)) {
      case 0, 1 -> crash(victim);
      case 2 -> {
        if (victim.running()) {
          victim.pause(MILLI * (20 + random.nextLong(2500)));
        }
      }
      case 3 -> isolate(victim);
      case 4 -> oneWay();
      case 5 -> fabric.faults(badNetwork());
      case 6 -> nodes.forEach(node -> maybeCrash(node));
      default -> {
        fabric.unblockAll();
        fabric.faults(SimNetworkFaults.NONE);
      }
    }
    loop.schedule(MILLI * (50 + random.nextLong(1200)), this::strike);
  }

  private void maybeCrash(SimNode node) {
    if (random.chance(0.5)) {
      crash(node);
    }
  }

  private void crash(SimNode node) {
    if (!node.running()) {
      return;
    }
    crashes++;
    node.crash();
    loop.schedule(
        MILLI * (10 + random.nextLong(2500)),
        () -> {
          if (!node.running()) {
            node.start();
          }
        });
  }

  private void isolate(SimNode victim) {
    for (SimNode other : nodes) {
      if (other != victim) {
        fabric.block(SimNode.address(victim.id()), SimNode.address(other.id()));
        fabric.block(SimNode.address(other.id()), SimNode.address(victim.id()));
      }
    }
  }

  private void oneWay() {
    SimNode from = nodes.get(random.nextInt(nodes.size()));
    SimNode to = nodes.get(random.nextInt(nodes.size()));
    fabric.block(SimNode.address(from.id()), SimNode.address(to.id()));
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
