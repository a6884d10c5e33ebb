package io.polarj.storage.chunkserver;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
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

  /** A bundle above this has blocks of data in it. */
  private static final int BULK_BYTES = 4096;

  private final int self;
  private final EventLoop loop;
  private final Network network;
  private final MessageHandler handler;
  private final long patienceNanos;
  private final LongSupplier freeBlocks;
  private final LongSupplier logRoom;
  private final TreeMap<Integer, Peer> peers = new TreeMap<>();
  private long bundles;
  private boolean closed;

  Peers(
      int self,
      EventLoop loop,
      Network network,
      MessageHandler handler,
      long patienceNanos,
      LongSupplier freeBlocks,
      LongSupplier logRoom) {
    this.self = self;
    this.loop = loop;
    this.network = network;
    this.handler = handler;
    this.patienceNanos = patienceNanos;
    this.freeBlocks = freeBlocks;
    this.logRoom = logRoom;
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

  void heard(int node, long free, long room) {
    Peer peer = peers.get(node);
    if (peer != null) {
      peer.freeBlocks = free;
      peer.logRoom = room;
      peer.heardNanos = loop.clock().nanoTime();
    }
  }

  /** Free blocks of the node as last heard; many when nothing was heard. */
  long freeBlocks(int node) {
    Peer peer = peers.get(node);
    return peer == null ? Long.MAX_VALUE : peer.freeBlocks;
  }

  /** Room in the node's log as last heard; much when it was silent for longer than given. */
  long logRoom(int node, long silenceNanos) {
    Peer peer = peers.get(node);
    boolean silent = peer == null || loop.clock().nanoTime() - peer.heardNanos > silenceNanos;
    return silent ? Long.MAX_VALUE : peer.logRoom;
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
    if (canWait(message)) {
      if (peer.timer == null && !peer.scheduled) {
        peer.timer = loop.schedule(patienceNanos, () -> flush(peer));
      }
    } else if (!peer.scheduled) {
      peer.scheduled = true;
      loop.execute(() -> flush(peer));
    }
  }

  /** Sends a message by itself, at once. */
  void post(int node, Message message) {
    Peer peer = peers.get(node);
    if (peer != null && !closed) {
      link(peer).send(message);
    }
  }

  /** Tells those whose writes may wait for this node's log that there is room again. */
  void announceRoom(long much) {
    if (logRoom.getAsLong() < much) {
      return;
    }
    for (Peer peer : peers.values()) {
      if (peer.toldRoom < much) {
        sendBundle(peer);
      }
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
    if (!peer.messages.isEmpty()) {
      sendBundle(peer);
    }
  }

  private void sendBundle(Peer peer) {
    if (closed) {
      return;
    }
    Link link = link(peer);
    peer.toldRoom = Math.max(0, logRoom.getAsLong());
    List<RaftMessage> messages = peer.messages;
    boolean bulk = peer.bytes > BULK_BYTES;
    peer.messages = new ArrayList<>();
    peer.bytes = 0;
    if (bulk) { // heartbeats go by themselves, for a link may have a way past bulk data for them
      List<RaftMessage> first = new ArrayList<>();
      List<RaftMessage> rest = new ArrayList<>();
      messages.forEach(message -> (canWait(message) ? first : rest).add(message));
      for (List<RaftMessage> part : List.of(first, rest)) {
        if (!part.isEmpty()) {
          sendBundle(peer, link, part);
        }
      }
    } else {
      sendBundle(peer, link, messages);
    }
  }

  private void sendBundle(Peer peer, Link link, List<RaftMessage> messages) {
    bundles++;
    link.send(new PeerBundle(self, freeBlocks.getAsLong(), peer.toldRoom, messages));
  }

  private static boolean canWait(RaftMessage message) {
    return message instanceof RaftMessage.Heartbeat || message instanceof RaftMessage.Status;
  }

  private Link link(Peer peer) {
    if (peer.link == null) {
      peer.link = network.connect(peer.address, handler);
    }
    return peer.link;
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
    long logRoom = Long.MAX_VALUE;
    long heardNanos;
    long toldRoom = Long.MAX_VALUE;

    Peer(Address address) {
      this.address = address;
    }
  }
}
