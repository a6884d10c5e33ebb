package io.polarj.sim.raft;

import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.Status;
import java.util.ArrayList;
import java.util.List;

/** Tells the chunk a newer epoch, until it says yes. */
final class Fencer {
  private final SimLoop loop;
  private final RandomStream random;
  private final Runnable onFenced;
  private final List<Link> nodes = new ArrayList<>();
  private long fencedNanos = Long.MAX_VALUE;

  Fencer(SimLoop loop, SimNetwork network, int[] members, RandomStream random, Runnable onFenced) {
    this.loop = loop;
    this.random = random;
    this.onFenced = onFenced;
    for (int member : members) {
      nodes.add(network.connect(SimNode.address(member), this::onAnswer));
    }
  }

  /** Virtual time of the yes, or the end of time. */
  long fencedNanos() {
    return fencedNanos;
  }

  void ask() {
    if (fencedNanos == Long.MAX_VALUE) {
      nodes.get(random.nextInt(nodes.size())).send(new FenceEpoch(1, SimNode.CHUNK, 2));
      loop.schedule(100_000_000L + random.nextLong(300_000_000L), this::ask);
    }
  }

  private void onAnswer(Link from, Message message) {
    boolean yes = message instanceof ControlReply reply && reply.status() == Status.OK;
    if (yes && fencedNanos == Long.MAX_VALUE) {
      fencedNanos = loop.scheduler().nowNanos();
      onFenced.run();
    }
  }
}
