package io.polarj.polarctrl.state;

import io.polarj.platform.net.Address;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to ChunkServers that are repeated until they succeed: to the one node they are for, or
 * round the members of a group until its leader takes them.
 */
final class ControlCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ControlCalls.class);

  /** One request; cancelled by {@link #cancel}. */
  static final class Call {
    private final ChunkId chunk;
    private final ArrayList<Integer> nodes;
    private final LongFunction<StorageMessage> message;
    private final Consumer<ControlReply> done;
    private long id;
    private int at;
    private long dueNanos;
    private boolean cancelled;

    Call(
        ChunkId chunk,
        List<Integer> nodes,
        int first,
        LongFunction<StorageMessage> message,
        Consumer<ControlReply> done) {
      this.chunk = chunk;
      this.nodes = new ArrayList<>(nodes);
      this.at = Math.max(0, nodes.indexOf(first));
      this.message = message;
      this.done = done;
    }

    int node() {
      return nodes.get(at);
    }

    void cancel() {
      cancelled = true;
    }
  }

  private final NodeTable nodes;
  private final BiConsumer<Address, StorageMessage> send;
  private final long retryNanos;
  private final int limit;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final TreeMap<Long, Call> running = new TreeMap<>();
  private long nextId;

  /** {@code firstId} must lie above every id of earlier starts. */
  ControlCalls(
      NodeTable nodes,
      BiConsumer<Address, StorageMessage> send,
      long retryNanos,
      int limit,
      long firstId) {
    this.nodes = nodes;
    this.send = send;
    this.retryNanos = retryNanos;
    this.limit = limit;
    this.nextId = firstId;
  }

  /** For requests that others send and hear the answers of. */
  long newId() {
    return nextId++;
  }

  void start(Call call, long nowNanos) {
    waiting.add(call);
    fill(nowNanos);
  }

  /** Sends again what got no answer. */
  void tick(long nowNanos) {
    running.values().removeIf(call -> call.cancelled);
    for (Call call : new ArrayList<>(running.values())) {
      if (nowNanos - call.dueNanos >= 0) {
        call.at = (call.at + 1) % call.nodes.size();
        send(call, nowNanos);
      }
    }
    fill(nowNanos);
  }

  void replied(ControlReply reply, long nowNanos) {
    Call call = running.get(reply.requestId());
    if (call == null || call.cancelled || !call.chunk.equals(reply.chunk())) {
      return;
    }
    switch (reply.status()) {
      case OK, STALE_EPOCH -> {
        running.remove(call.id);
        call.done.accept(reply);
        fill(nowNanos);
      }
      case NOT_LEADER -> {
        int hinted = call.nodes.indexOf(reply.leaderHint());
        if (hinted < 0 && call.nodes.size() > 1 && nodes.address(reply.leaderHint()) != null) {
          hinted = call.nodes.size();
          call.nodes.add(reply.leaderHint()); // a member that came in since
        }
        boolean elsewhere = hinted >= 0 && hinted != call.at;
        if (elsewhere) {
          call.at = hinted;
          send(call, nowNanos);
        } else {
          call.dueNanos = nowNanos + retryNanos / 4;
        }
      }
      default -> {
        if (reply.status() != Status.BUSY && reply.status() != Status.IN_DOUBT) {
          LOG.warn(
              "chunk {}: node {} answers {} ({}); asked again",
              call.chunk,
              reply.node(),
              reply.status(),
              reply.message());
        }
        call.dueNanos = nowNanos + retryNanos;
      }
    }
  }

  private void fill(long nowNanos) {
    while (running.size() < limit && !waiting.isEmpty()) {
      Call call = waiting.poll();
      if (!call.cancelled) {
        call.id = nextId++;
        running.put(call.id, call);
        send(call, nowNanos);
      }
    }
  }

  private void send(Call call, long nowNanos) {
    call.dueNanos = nowNanos + retryNanos;
    Address address = nodes.address(call.node());
    if (address != null) {
      send.accept(address, call.message.apply(call.id));
    }
  }
}
