package io.polarj.pfs.polarswitch;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Three ChunkServers that share one memory, a leader that the test appoints, and the network to
 * them. They keep the protocol's rules: one leader answers, a write takes effect once, what lies
 * below the oldest pending one is refused, and so is an old epoch.
 */
final class FakeChunkServers implements Network {
  static final int CHUNK_BYTES = 1 << 20;
  static final int CHUNKS = 4;
  static final VolumeInfo VOLUME =
      new VolumeInfo(1, "data", CHUNKS * CHUNK_BYTES, CHUNKS * CHUNK_BYTES, CHUNK_BYTES, 3, 1, "w");

  private static final class Chunk {
    final byte[] bytes = new byte[CHUNK_BYTES];
    final Map<Long, TreeSet<Long>> applied = new TreeMap<>();
    final Map<Long, Long> oldest = new TreeMap<>();
  }

  final EventLoop loop;
  final RandomStream random;
  final TreeMap<ChunkId, Chunk> chunks = new TreeMap<>();
  final TreeSet<Integer> down = new TreeSet<>();
  final List<Message> received = new ArrayList<>();
  final List<Integer> receivers = new ArrayList<>();
  int leader = 1;

  /** What followers say of the leader. */
  int hint = 1;

  long newestEpoch = 1;
  int writesApplied;

  /** When set, every request is answered with it and not served. */
  Status refuseAll;

  double loss;
  double duplication;
  long mostDelayNanos;
  int answersToLose;

  /** What every answer says of snapshots. */
  int newestSnapshot;

  boolean polarCtrlDead;
  int routeRequests;
  private int waiting;
  int mostWaiting;

  FakeChunkServers(EventLoop loop, long seed) {
    this.loop = loop;
    this.random = new RandomStream(seed);
  }

  RouteSource routeSource() {
    return (volume, first, count) -> {
      routeRequests++;
      if (polarCtrlDead) {
        return CompletableFuture.failedFuture(new IOException("PolarCtrl is dead"));
      }
      List<GroupMember> members = new ArrayList<>();
      for (int node = 1; node <= 3; node++) {
        members.add(new GroupMember(node, new Address("node", node)));
      }
      List<ChunkRoute> routes = new ArrayList<>();
      for (int chunk = first; chunk < Math.min(CHUNKS, first + count); chunk++) {
        routes.add(new ChunkRoute(chunk, hint, members));
      }
      return CompletableFuture.completedFuture(new RouteReply(1, VOLUME, routes));
    };
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return new Link() {
      @Override
      public Address remote() {
        return peer;
      }

      @Override
      public void send(Message message) {
        deliver(() -> serve(peer.port(), message, this, answers));
      }
    };
  }

  @Override
  public void close() {}

  byte[] bytes(long offset, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      long at = offset + i;
      bytes[i] = chunk(new ChunkId(1, (int) (at / CHUNK_BYTES))).bytes[(int) (at % CHUNK_BYTES)];
    }
    return bytes;
  }

  private void deliver(Runnable arrival) {
    if (!random.chance(loss)) {
      loop.schedule(delay(), arrival);
      if (random.chance(duplication)) {
        loop.schedule(delay(), arrival);
      }
    }
  }

  private long delay() {
    return 10_000 + (mostDelayNanos == 0 ? 0 : random.nextLong(mostDelayNanos));
  }

  private void serve(int node, Message message, Link link, MessageHandler answers) {
    received.add(message);
    receivers.add(node);
    if (down.contains(node)) {
      return;
    }
    waiting++;
    mostWaiting = Math.max(mostWaiting, waiting);
    Message answer =
        switch (message) {
          case WriteRequest request -> write(node, request);
          case ReadRequest request -> read(node, request);
          default -> throw new AssertionError(message);
        };
    if (answersToLose > 0) {
      answersToLose--;
      return;
    }
    deliver(() -> {
      waiting--;
      answers.onMessage(link, answer);
    });
  }

  private WriteReply write(int node, WriteRequest request) {
    Status status = writeStatus(node, request);
    return new WriteReply(
        request.chunk(),
        request.clientId(),
        request.sequence(),
        status,
        status == Status.NOT_LEADER ? hint : 0,
        0,
        "",
        newestSnapshot);
  }

  private Status writeStatus(int node, WriteRequest request) {
    if (refuseAll != null) {
      return refuseAll;
    }
    if (node != leader) {
      return Status.NOT_LEADER;
    }
    if (request.epoch() < newestEpoch) {
      return Status.STALE_EPOCH;
    }
    Chunk chunk = chunk(request.chunk());
    long oldest = chunk.oldest.merge(request.clientId(), request.oldestPending(), Math::max);
    if (request.sequence() < oldest) {
      return Status.STALE_SEQUENCE;
    }
    if (chunk
        .applied
        .computeIfAbsent(request.clientId(), client -> new TreeSet<>())
        .add(request.sequence())) {
      writesApplied++;
      System.arraycopy(
          request.payload(), 0, chunk.bytes, (int) request.offset(), request.payload().length);
    }
    return Status.OK;
  }

  private ReadReply read(int node, ReadRequest request) {
    Status status = refuseAll;
    if (status == null) {
      status = node == leader ? Status.OK : Status.NOT_LEADER;
    }
    byte[] payload = new byte[0];
    if (status == Status.OK) {
      int from = (int) request.offset();
      payload = Arrays.copyOfRange(chunk(request.chunk()).bytes, from, from + request.length());
    }
    int told = status == Status.NOT_LEADER ? hint : 0;
    return new ReadReply(
        request.chunk(), request.requestId(), status, told, payload, "", newestSnapshot);
  }

  private Chunk chunk(ChunkId id) {
    return chunks.computeIfAbsent(id, made -> new Chunk());
  }
}
