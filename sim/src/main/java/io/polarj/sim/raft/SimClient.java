package io.polarj.sim.raft;

import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.sim.history.Operation;
import io.polarj.sim.history.Violation;
import io.polarj.storage.protocol.DiscardRequest;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A mount that writes and reads at random and retries for ever, as PolarSwitch does: the same
 * sequence for the same write, and no write over a range while an older one of its own is in doubt.
 */
final class SimClient {
  private static final int BLOCK = 4096;

  private final long id;
  private final long epoch;
  private final SimLoop loop;
  private final RandomStream random;
  private final RandomStream discards;
  private final int blocks;
  private final List<Link> nodes = new ArrayList<>();
  private final List<Operation> history;
  private final LongSupplier virtualNanos;
  private final TreeMap<Long, Request> writes = new TreeMap<>();
  private final TreeMap<Long, Request> reads = new TreeMap<>();
  private final int depth;
  private final long thinkNanos;
  private final long retryNanos;

  /** Goes on although it was told that it is deposed. */
  private final boolean stubborn;

  private long sequence;
  private long readIds;
  private int target;
  private boolean stopped;
  private boolean fenced;

  private static final class Request {
    final boolean write;
    final long number;
    final int first;
    final int count;
    final byte[] payload;
    final List<Operation> operations = new ArrayList<>();
    Timer timer;

    Request(boolean write, long number, int first, int count, byte[] payload) {
      this.write = write;
      this.number = number;
      this.first = first;
      this.count = count;
      this.payload = payload;
    }
  }

  SimClient(
      long id,
      long epoch,
      SimLoop loop,
      SimNetwork network,
      int[] members,
      RandomStream random,
      int blocks,
      List<Operation> history) {
    this.id = id;
    this.epoch = epoch;
    this.loop = loop;
    this.random = random;
    this.discards = random.split("discards");
    this.blocks = blocks;
    this.history = history;
    this.virtualNanos = loop.scheduler()::nowNanos;
    this.thinkNanos = 4_000_000L + random.nextLong(50_000_000L);
    this.retryNanos = 20_000_000L + random.nextLong(150_000_000L);
    this.stubborn = random.chance(0.3);
    this.depth = 1 + random.nextInt(8);
    for (int member : members) {
      nodes.add(network.connect(SimNode.address(member), this::onAnswer));
    }
  }

  void start() {
    loop.execute(this::think);
  }

  /** Begins nothing new; what is under way goes on. */
  void stop() {
    stopped = true;
  }

  boolean idle() {
    return writes.isEmpty() && reads.isEmpty();
  }

  private void think() {
    if (stopped || fenced) {
      return;
    }
    if (writes.size() + reads.size() < depth) {
      begin();
    }
    loop.schedule(1_000_000L + random.nextLong(thinkNanos), this::think);
  }

  private void begin() {
    int count = 1 + random.nextInt(Math.min(3, blocks));
    int first = random.nextInt(blocks - count + 1);
    if (random.chance(0.5)) {
      for (Request other : writes.values()) {
        if (first < other.first + other.count && other.first < first + count) {
          return;
        }
      }
      sequence++;
      boolean discard = discards.chance(0.15);
      byte[] payload = discard ? null : new byte[count * BLOCK];
      Request request = new Request(true, sequence, first, count, payload);
      for (int b = 0; b < count; b++) {
        long value = discard ? 0 : id << 32 | sequence << 8 | b + 1;
        for (int at = b * BLOCK; at < (b + 1) * BLOCK && !discard; at += 8) {
          ByteBuffer.wrap(payload).putLong(at, value);
        }
        record(request, new Operation(true, epoch, first + b, value, virtualNanos.getAsLong()));
      }
      writes.put(request.number, request);
      send(request);
    } else {
      Request request = new Request(false, ++readIds, first, count, null);
      for (int b = 0; b < count; b++) {
        record(request, new Operation(false, epoch, first + b, 0, virtualNanos.getAsLong()));
      }
      reads.put(request.number, request);
      int usual = target;
      if (random.chance(0.4)) {
        target = random.nextInt(nodes.size()); // perhaps somebody else thinks that it leads
      }
      send(request);
      target = usual;
    }
  }

  private void record(Request request, Operation operation) {
    request.operations.add(operation);
    history.add(operation);
  }

  private void send(Request request) {
    boolean open = request.write ? writes.containsValue(request) : reads.containsValue(request);
    if (!open || fenced) {
      return;
    }
    long offset = (long) request.first * BLOCK;
    if (request.write && request.payload == null) {
      nodes
          .get(target)
          .send(
              new DiscardRequest(
                  SimNode.CHUNK,
                  epoch,
                  id,
                  request.number,
                  writes.firstKey(),
                  offset,
                  request.count * BLOCK));
    } else if (request.write) {
      nodes
          .get(target)
          .send(
              new WriteRequest(
                  SimNode.CHUNK,
                  epoch,
                  id,
                  request.number,
                  writes.firstKey(),
                  offset,
                  request.payload));
    } else {
      nodes
          .get(target)
          .send(new ReadRequest(SimNode.CHUNK, request.number, offset, request.count * BLOCK));
    }
    again(request, retryNanos + random.nextLong(retryNanos), true);
  }

  private void again(Request request, long delayNanos, boolean elsewhere) {
    if (request.timer != null) {
      request.timer.cancel();
    }
    request.timer =
        loop.schedule(
            delayNanos,
            () -> {
              if (elsewhere) {
                target = random.nextInt(nodes.size());
              }
              send(request);
            });
  }

  private void onAnswer(Link from, Message message) {
    switch (message) {
      case WriteReply m -> {
        Request request = writes.get(m.sequence());
        if (request != null) {
          answered(request, m.status(), m.leaderHint(), null);
        }
      }
      case ReadReply m -> {
        Request request = reads.get(m.requestId());
        if (request != null) {
          answered(request, m.status(), m.leaderHint(), m.payload());
        }
      }
      default -> throw new IllegalArgumentException("unexpected " + message);
    }
  }

  private void answered(Request request, Status status, int hint, byte[] bytes) {
    switch (status) {
      case OK -> finish(request, bytes);
      case NOT_LEADER -> {
        target = hint > 0 ? hint - 1 : random.nextInt(nodes.size());
        again(request, 5_000_000L + random.nextLong(60_000_000L), hint == 0);
      }
      case STALE_EPOCH -> {
        if (stubborn) {
          request.timer.cancel(); // what came of it is unknown
          (request.write ? writes : reads).remove(request.number);
        } else {
          fenced = true;
        }
      }
      case STALE_SEQUENCE ->
          throw new Violation("S7", "request " + request.number + " is called settled but is not");
      default -> again(request, 20_000_000L + random.nextLong(60_000_000L), true);
    }
  }

  private void finish(Request request, byte[] bytes) {
    request.timer.cancel();
    (request.write ? writes : reads).remove(request.number);
    for (int b = 0; b < request.count; b++) {
      Operation operation = request.operations.get(b);
      operation.returnedNanos = virtualNanos.getAsLong();
      if (!request.write) {
        operation.value = ByteBuffer.wrap(bytes).getLong(b * BLOCK);
        for (int at = b * BLOCK; at < (b + 1) * BLOCK; at += 8) {
          if (ByteBuffer.wrap(bytes).getLong(at) != operation.value) {
            throw new Violation("S3", "a torn block was read: " + operation);
          }
        }
      }
    }
  }

  boolean fenced() {
    return fenced;
  }
}
