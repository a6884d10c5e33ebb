package io.polarj.platform.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;

/**
 * The connecting side's link over several connections. Small messages keep to the first of them and
 * so to their order: heartbeats, acknowledgements and questions never stand behind bulk data. Large
 * ones go round over the others, past any that is congested: what is held up on one of them holds
 * nothing up on the rest. On the owner's loop.
 */
final class TcpSpreadLink implements Link {
  /** A block of data does not fit into it, everything else does. */
  private static final int SMALL_FRAME_BYTES = 4096;

  private final TcpNetwork network;
  private final Address peer;
  private final TcpCallerLink[] connections;
  private int last;

  TcpSpreadLink(
      TcpNetwork network, Address peer, int count, MessageHandler answers, EventLoopGroup sockets) {
    this.network = network;
    this.peer = peer;
    this.connections = new TcpCallerLink[count];
    for (int i = 0; i < count; i++) {
      connections[i] = new TcpCallerLink(network, this, peer, answers, sockets.next());
    }
  }

  @Override
  public Address remote() {
    return peer;
  }

  @Override
  public void send(Message message) {
    network.send(this::choose, message);
  }

  private Outbox choose(ByteBuf frame) {
    if (frame.readableBytes() <= SMALL_FRAME_BYTES) {
      return connections[0].outbox();
    }
    int bulk = connections.length - 1;
    TcpCallerLink best = null;
    for (int i = 1; i <= bulk; i++) {
      TcpCallerLink next = connections[1 + (last + i) % bulk];
      if (best == null || load(next) < load(best)) {
        best = next;
      }
    }
    last = (last + 1) % bulk;
    return best.outbox();
  }

  private static long load(TcpCallerLink connection) {
    return connection.congested() ? Long.MAX_VALUE : connection.outbox().queuedBytes();
  }
}
