package io.polarj.storage.chunkserver;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.raft.RaftMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The other ChunkServers: where they are, what waits to be sent to each, how much room they have.
 * Messages that a client's write waits for leave at the end of the loop's turn, together with
 * whatever gathered; heartbeats and their answers wait a little for company. One loop only.
 */
final class Peers {
  private static final int MOST_BUNDLED = 512;
  private static final int MOST_BUNDLED_BYTES = 1 << 20;
  private static final int SMALL_MESSAGE_BYTES = 256;

  private final int self;
  private final EventLoop loop;
  private final Network network;
  private final MessageHandler handler;
  private final long patienceNanos;
  private final LongSupplier freeBlocks;
  private final TreeMap<Integer, Peer> peers = new TreeMap<>();
  private long bundles;
  private boolean closed;

  Peers(
      int self,
      EventLoop loop,
      Network network,
      MessageHandler handler,
      long patienceNanos,
      LongSupplier freeBlocks) {
    this.self = self;
    this.loop = loop;
    this.network = network;
    this.handler = handler;
    this.patienceNanos = patienceNanos;
    this.freeBlocks = freeBlocks;
  }

  /** Remembers where a node is, unless something newer is known. */
  void introduce(GroupMember member) {
    if (member.node() != self) {
      peers.computeIfAbsent(member.node(), node -> new Peer(member.address()));
    }
  }

  /** Takes the newest address of a node. */
  void moved(GroupMember member) {
    if (member.node() != self) {
      Peer peer = peers.computeIfAbsent(member.node(), node -> new Peer(member.address()));
      if (!peer.address.equals(member.address())) {
        peer.address = member.address();
        peer.link = null;
      }
    }
  }

  void heard(int node, long free) {
    Peer peer = peers.get(node);
    if (peer != null) {
      peer.freeBlocks = free;
    }
  }

  /** Free blocks of the node as last heard; many when nothing was heard. */
  long freeBlocks(int node) {
    Peer peer = peers.get(node);
    return peer == null ? Long.MAX_VALUE : peer.freeBlocks;
  }

  long bundles() {
    return bundles;
  }

  void send(int node, RaftMessage message) {
    Peer peer = peers.get(node);
    if (peer == null || closed) {
      return; // as if lost on the way
    }
    int bytes = bytes(message);
    if (peer.bytes + bytes > MOST_BUNDLED_BYTES || peer.messages.size() == MOST_BUNDLED) {
      flush(peer);
    }
    peer.messages.add(message);
    peer.bytes += bytes;
    boolean canWait =
        message instanceof RaftMessage.Heartbeat || message instanceof RaftMessage.Status;
    if (canWait) {
      if (peer.timer == null && !peer.scheduled) {
        peer.timer = loop.schedule(patienceNanos, () -> flush(peer));
      }
    } else if (!peer.scheduled) {
      peer.scheduled = true;
      loop.execute(() -> flush(peer));
    }
  }

  void close() {
    closed = true;
    for (Peer peer : peers.values()) {
      if (peer.timer != null) {
        peer.timer.cancel();
      }
    }
  }

  private void flush(Peer peer) {
    peer.scheduled = false;
    if (peer.timer != null) {
      peer.timer.cancel();
      peer.timer = null;
    }
    if (peer.messages.isEmpty() || closed) {
      return;
    }
    if (peer.link == null) {
      peer.link = network.connect(peer.address, handler);
    }
    PeerBundle bundle = new PeerBundle(self, freeBlocks.getAsLong(), peer.messages);
    peer.messages = new ArrayList<>();
    peer.bytes = 0;
    bundles++;
    peer.link.send(bundle);
  }

  private static int bytes(RaftMessage message) {
    int bytes = SMALL_MESSAGE_BYTES;
    switch (message) {
      case RaftMessage.Append m -> {
        for (var entry : m.entries()) {
          bytes += SMALL_MESSAGE_BYTES + entry.payload().length;
        }
      }
      case RaftMessage.Supply m -> {
        for (var entry : m.entries()) {
          bytes += SMALL_MESSAGE_BYTES + entry.payload().length;
        }
      }
      case RaftMessage.CopyPiece m -> bytes += m.bytes().length + m.state().length;
      default -> {}
    }
    return bytes;
  }

  private static final class Peer {
    Address address;
    Link link;
    List<RaftMessage> messages = new ArrayList<>();
    int bytes;
    boolean scheduled;
    Timer timer;
    long freeBlocks = Long.MAX_VALUE;

    Peer(Address address) {
      this.address = address;
    }
  }
}
