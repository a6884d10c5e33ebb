package io.polarj.bench.storage;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.chunkserver.PeerBundle;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.RaftMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A node's network in which some messages are late, as on lossy or congested ways: over so many
 * connections to each peer, taken in turn, and everything behind a late message on its connection
 * is late with it. If asked, every log entry travels as a message of its own, as it would on RDMA.
 */
final class DisturbedNetwork implements Network {
  private final Network real;
  private final EventLoop loop;
  private final Disturbance disturbance;
  private final RandomStream random;

  /**
   * @param connections to each peer
   * @param latePerMille of all messages
   * @param lateNanos how late
   * @param single whether bundles are taken apart
   */
  record Disturbance(int connections, int latePerMille, long lateNanos, boolean single) {}

  DisturbedNetwork(Network real, EventLoop loop, Disturbance disturbance, long seed) {
    this.real = real;
    this.loop = loop;
    this.disturbance = disturbance;
    this.random = new RandomStream(seed);
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    real.listen(address, handler);
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return new Disturbed(peer, answers);
  }

  @Override
  public void close() {
    real.close();
  }

  private final class Disturbed implements Link {
    private final Connection[] connections;
    private int next;

    Disturbed(Address peer, MessageHandler answers) {
      connections = new Connection[disturbance.connections()];
      for (int i = 0; i < connections.length; i++) {
        connections[i] = new Connection(real.connect(peer, answers));
      }
    }

    @Override
    public Address remote() {
      return connections[0].link.remote();
    }

    @Override
    public void send(Message message) {
      if (disturbance.single() && message instanceof PeerBundle bundle) {
        for (RaftMessage part : parts(bundle)) {
          sendOne(
              new PeerBundle(bundle.node(), bundle.freeBlocks(), bundle.logRoom(), List.of(part)));
        }
      } else {
        sendOne(message);
      }
    }

    private void sendOne(Message message) {
      boolean late = random.nextInt(1000) < disturbance.latePerMille();
      connections[next++ % connections.length].send(message, late ? disturbance.lateNanos() : 0);
    }
  }

  /** First in, first out. */
  private final class Connection {
    private final Link link;
    private final ArrayDeque<Late> queue = new ArrayDeque<>();

    private record Late(Message message, long dueNanos) {}

    Connection(Link link) {
      this.link = link;
    }

    void send(Message message, long lateNanos) {
      if (lateNanos == 0 && queue.isEmpty()) {
        link.send(message);
        return;
      }
      long due = loop.clock().nanoTime() + lateNanos;
      if (!queue.isEmpty()) {
        due = Math.max(due, queue.peekLast().dueNanos);
      }
      queue.add(new Late(message, due));
      if (queue.size() == 1) {
        drainLater();
      }
    }

    private void drainLater() {
      long now = loop.clock().nanoTime();
      loop.schedule(Math.max(1, queue.peek().dueNanos - now), this::drain);
    }

    private void drain() {
      while (!queue.isEmpty() && queue.peek().dueNanos - loop.clock().nanoTime() <= 0) {
        link.send(queue.poll().message);
      }
      if (!queue.isEmpty()) {
        drainLater();
      }
    }
  }

  private static List<RaftMessage> parts(PeerBundle bundle) {
    List<RaftMessage> parts = new ArrayList<>();
    for (RaftMessage message : bundle.messages()) {
      switch (message) {
        case RaftMessage.Append append when append.entries().length > 1 -> {
          for (LogEntry entry : append.entries()) {
            parts.add(
                new RaftMessage.Append(
                    append.group(),
                    append.from(),
                    append.term(),
                    append.start(),
                    append.last(),
                    append.decided(),
                    append.decidedBits(),
                    new LogEntry[] {entry}));
          }
        }
        case RaftMessage.AppendAck ack when ack.indices().length > 1 -> {
          for (long index : ack.indices()) {
            parts.add(
                new RaftMessage.AppendAck(ack.group(), ack.from(), ack.term(), new long[] {index}));
          }
        }
        default -> parts.add(message);
      }
    }
    return parts;
  }
}
