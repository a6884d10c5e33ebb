package io.polarj.sim.raft;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.sim.fault.SimHost;
import io.polarj.storage.protocol.ChangeMembers;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks for other members and other leaders at random; if told so it replaces disks: of nodes that
 * do not belong to the group, and of one voter at a time, until the group has voted it out.
 */
final class Reconfigurer {
  private static final long MILLI = 1_000_000L;

  private final SimLoop loop;
  private final RandomStream random;
  private final Judge judge;
  private final List<SimNode> nodes;
  private final boolean replacesDisks;
  private final Consumer<SimHost> weak;
  private final TreeMap<Integer, Link> links = new TreeMap<>();
  private int lost;
  private long changedFrom = -1;
  private long requests;
  private boolean stopped;

  Reconfigurer(
      SimLoop loop,
      SimNetwork network,
      RandomStream random,
      Judge judge,
      List<SimNode> nodes,
      boolean replacesDisks,
      Consumer<SimHost> weak) {
    this.weak = weak;
    this.loop = loop;
    this.random = random;
    this.judge = judge;
    this.nodes = nodes;
    this.replacesDisks = replacesDisks;
    for (SimNode node : nodes) {
      Address address = SimNode.address(node.id());
      links.put(node.id(), network.connect(address, (link, message) -> {}));
    }
  }

  void start() {
    loop.schedule(MILLI * (300 + random.nextLong(700)), this::act);
  }

  void stop() {
    stopped = true;
  }

  private void act() {
    if (stopped) {
      return;
    }
    Membership current = judge.newest();
    if (!current.unknown()) {
      if (!current.votes(lost)) {
        lost = 0;
      }
      switch (random.nextInt(8)) {
        case 0, 2 -> {
          if (replacesDisks) {
            replaceDisk(current);
          }
        }
        case 1 -> handOver();
        default -> change(current);
      }
    }
    loop.schedule(MILLI * (20 + random.nextLong(600)), this::act);
  }

  private void replaceDisk(Membership current) {
    if (changedFrom == current.number()) {
      return; // voters may be changing: a lost one more than the sender reckoned with
    }
    SimNode victim = nodes.get(random.nextInt(nodes.size()));
    if (current.votes(victim.id())) {
      if (lost != 0 || current.voters().size() < 3) {
        return; // a second one at a time may be one too many
      }
      lost = victim.id();
    }
    victim.wipe();
    victim.host().start();
    nodes.stream().filter(SimNode::leads).findFirst().ifPresent(node -> weak.accept(node.host()));
  }

  private void handOver() {
    for (SimNode node : nodes) {
      if (node.replica() != null && node.replica().leads()) {
        int successor = nodes.get(random.nextInt(nodes.size())).id();
        node.replica().transfer(successor, (Outcome outcome) -> {});
        return;
      }
    }
  }

  private void change(Membership current) {
    List<GroupMember> voters = new ArrayList<>(current.voters());
    List<GroupMember> learners = new ArrayList<>(current.learners());
    int node =
        lost != 0 && random.chance(0.5) ? lost : nodes.get(random.nextInt(nodes.size())).id();
    boolean voted = voters.removeIf(member -> member.node() == node);
    boolean learned = learners.removeIf(member -> member.node() == node);
    GroupMember member = new GroupMember(node, SimNode.address(node));
    if (voted) {
      if (voters.size() < 2 || lost != 0 && node != lost) {
        return;
      }
      changedFrom = current.number();
    } else if (learned) {
      if (random.chance(0.8) && voters.size() < 4) {
        voters.add(member);
        changedFrom = current.number();
      }
    } else {
      learners.add(member);
    }
    long basis = current.number();
    ChangeMembers request = new ChangeMembers(++requests, SimNode.CHUNK, voters, learners, basis);
    links.values().forEach(link -> link.send(request));
  }
}
