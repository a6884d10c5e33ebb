package io.polarj.pfs.polarswitch;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.Network;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.DiscardRequest;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switch's state machine: sends pieces to leaders, follows hints, pauses, tries again, gives up
 * at the deadline. All on one loop; a timer runs only while something is in flight.
 */
final class SwitchCore {
  private static final Logger LOG = LoggerFactory.getLogger(SwitchCore.class);
  private static final long SWEEP_NANOS = 5_000_000;
  private static final int HOPS_WITHOUT_PAUSE = 3;

  /** An election takes less than a second: whoever looks for its winner does not sleep over it. */
  private static final long LONGEST_SEARCH_PAUSE_NANOS = 100_000_000;

  private final EventLoop loop;
  private final Network network;
  private final RouteTable routes;
  private final SwitchSettings settings;
  private final long clientId;
  private long epoch;
  private final ArrayDeque<Piece> queue = new ArrayDeque<>();
  private final ArrayList<Piece> flights = new ArrayList<>();
  private final TreeMap<ChunkId, WriteLane> lanes = new TreeMap<>();
  private final Long2ObjectHashMap<Piece> reads = new Long2ObjectHashMap<>();
  private final TreeMap<Address, Link> links = new TreeMap<>();
  private long nextReadId = 1;

  /** The snapshot that is read, 0 for the present content. */
  private final int view;

  /** The newest snapshot that was heard of. */
  private int snapshot;

  private boolean sweeping;
  private boolean fenced;
  private boolean closed;
  private long retries;

  SwitchCore(
      EventLoop loop,
      Network network,
      RouteTable routes,
      SwitchSettings settings,
      long clientId,
      long epoch,
      int view) {
    this.loop = loop;
    this.network = network;
    this.routes = routes;
    this.settings = settings;
    this.clientId = clientId;
    this.epoch = epoch;
    this.view = view;
  }

  void submit(VolumeIo io) {
    if (closed) {
      io.end(new PfsException(Errno.EBADF, io.describe() + ": the volume is closed"));
    } else if (fenced && io.write) {
      io.end(stale(io, "it was fenced before"));
    } else if (io.pieces.isEmpty()) {
      io.end(null); // a discard of less than a block
    } else {
      queue.addAll(io.pieces);
      pump();
    }
  }

  /** Writes carry this epoch from now on; those under way under an older one fail. */
  void raiseEpoch(long newEpoch) {
    if (newEpoch <= epoch) {
      return;
    }
    ArrayList<Piece> all = new ArrayList<>(flights);
    all.addAll(queue);
    for (Piece piece : all) {
      if (piece.io.write) {
        fail(piece.io, stale(piece.io, "the epoch was raised to " + newEpoch));
      }
    }
    epoch = newEpoch;
    fenced = false;
  }

  void close() {
    closed = true;
    ArrayList<Piece> all = new ArrayList<>(flights);
    all.addAll(queue);
    queue.clear();
    for (Piece piece : all) {
      fail(
          piece.io, new PfsException(Errno.EBADF, piece.io.describe() + ": the volume was closed"));
    }
  }

  /** Attempts beyond the first. */
  long retries() {
    return retries;
  }

  /**
   * A snapshot of that number has begun somewhere. Heard before a request ends: whatever is issued
   * after that end carries the number, and so is in no snapshot that the ended request is not in.
   */
  void heardOfSnapshot(int number) {
    snapshot = Math.max(snapshot, number);
  }

  private void pump() {
    while (flights.size() < settings.maxInFlight() && !queue.isEmpty()) {
      Piece piece = queue.poll();
      if (!piece.io.ended()) {
        launch(piece);
      }
    }
    if (!flights.isEmpty() && !sweeping) {
      sweeping = true;
      loop.schedule(SWEEP_NANOS, this::sweep);
    }
  }

  private void launch(Piece piece) {
    if (piece.io.write) {
      lanes.computeIfAbsent(piece.chunk, chunk -> new WriteLane()).begin(piece);
    } else {
      piece.id = nextReadId++;
      reads.put(piece.id, piece);
    }
    piece.place = flights.size();
    flights.add(piece);
    send(piece);
  }

  private void send(Piece piece) {
    Route route = routes.find(piece.chunk.index());
    long now = loop.clock().nanoTime();
    GroupMember target = route == null ? null : route.target(now);
    if (target == null) {
      pause(piece);
      return;
    }
    piece.node = target.node();
    piece.confirmations = route.confirmations();
    piece.awaiting = true;
    // Who may be busy gets longer every time; who is only asked whether it leads does not.
    piece.dueNanos = now + settings.attemptTimeoutNanos(route.led() ? piece.attempts : 0);
    link(target.address()).send(message(piece));
  }

  private Message message(Piece piece) {
    if (!piece.io.write) {
      return new ReadRequest(piece.chunk, piece.id, piece.offset, piece.length(), view);
    }
    if (piece.discards()) {
      return new DiscardRequest(
          piece.chunk,
          epoch,
          clientId,
          piece.id,
          lanes.get(piece.chunk).oldestPending(),
          piece.offset,
          piece.length(),
          snapshot);
    }
    return new WriteRequest(
        piece.chunk,
        epoch,
        clientId,
        piece.id,
        lanes.get(piece.chunk).oldestPending(),
        piece.offset,
        piece.payload(),
        snapshot);
  }

  private Link link(Address address) {
    return links.computeIfAbsent(address, at -> network.connect(at, this::onMessage));
  }

  private void onMessage(Link from, Message message) {
    switch (message) {
      case WriteReply reply -> {
        heardOfSnapshot(reply.snapshot());
        WriteLane lane = lanes.get(reply.chunk());
        Piece piece =
            lane == null || reply.clientId() != clientId ? null : lane.find(reply.sequence());
        if (piece != null) {
          answered(piece, reply.status(), reply.leaderHint(), reply.message());
        }
      }
      case ReadReply reply -> {
        heardOfSnapshot(reply.snapshot());
        Piece piece = reads.get(reply.requestId());
        if (piece != null && piece.chunk.equals(reply.chunk())) {
          readAnswered(piece, reply);
        }
      }
      default -> LOG.warn("{} sent {}, which is not for a PolarSwitch", from.remote(), message);
    }
  }

  private void readAnswered(Piece piece, ReadReply reply) {
    if (reply.status() != Status.OK) {
      answered(piece, reply.status(), reply.leaderHint(), reply.message());
    } else if (reply.payload().length != piece.length()) {
      String wrong = reply.payload().length + " bytes instead of " + piece.length();
      answered(piece, Status.ERROR, 0, wrong);
    } else {
      piece.fill(reply.payload());
      answered(piece, Status.OK, 0, "");
    }
  }

  private void answered(Piece piece, Status status, int hint, String message) {
    switch (status) {
      case OK -> {
        Route route = routes.find(piece.chunk.index());
        if (route != null && piece.awaiting) {
          route.confirmed(piece.node);
        }
        finish(piece);
      }
      case STALE_EPOCH -> {
        fenced = true;
        fail(piece.io, stale(piece.io, message));
      }
      case NO_SNAPSHOT -> fail(piece.io, error(Errno.ENOENT, piece, status, message));
      case NO_SPACE -> fail(piece.io, error(Errno.ENOSPC, piece, status, message));
      case INVALID, ALREADY_EXISTS -> fail(piece.io, error(Errno.EINVAL, piece, status, message));
      case STALE_SEQUENCE -> fail(piece.io, error(Errno.EIO, piece, status, message));
      default -> refused(piece, status, hint, message);
    }
  }

  /** Not done, but it may be done elsewhere or later. */
  private void refused(Piece piece, Status status, int hint, String message) {
    if (!piece.awaiting) {
      return;
    }
    piece.lastRefusal = "node " + piece.node + " answered " + status + " " + message;
    Route route = routes.find(piece.chunk.index());
    if (route == null) {
      pause(piece);
      return;
    }
    switch (status) {
      case BUSY, IN_DOUBT -> pause(piece, settings.backoffNanos(piece.attempts));
      case NOT_LEADER -> notLeader(piece, route, hint);
      default -> {
        LOG.debug("chunk {}: node {}: {} {}", piece.chunk, piece.node, status, message);
        route.refused(piece.node);
        routes.refresh(piece.chunk.index());
        pause(piece);
      }
    }
  }

  private void notLeader(Piece piece, Route route, int hint) {
    route.refused(piece.node);
    if (hint != 0 && !route.knows(hint)) {
      routes.refresh(piece.chunk.index());
    }
    boolean better = hint != piece.node && route.hinted(hint, loop.clock().nanoTime());
    if (better && piece.hops < HOPS_WITHOUT_PAUSE) {
      piece.hops++;
      retries++;
      send(piece);
    } else {
      pause(piece);
    }
  }

  /** Until it looks for the leader again. */
  private void pause(Piece piece) {
    long backoff = settings.backoffNanos(piece.attempts);
    pause(piece, Math.min(backoff, LONGEST_SEARCH_PAUSE_NANOS));
  }

  private void pause(Piece piece, long nanos) {
    piece.awaiting = false;
    piece.hops = 0;
    piece.dueNanos = loop.clock().nanoTime() + nanos;
    piece.attempts++;
  }

  private void sweep() {
    sweeping = false;
    long now = loop.clock().nanoTime();
    while (!queue.isEmpty() && now - queue.peek().io.deadlineNanos >= 0) {
      timeOut(queue.poll());
    }
    for (Piece piece : List.copyOf(flights)) {
      if (piece.place >= 0) {
        inspect(piece, now);
      }
    }
    pump();
  }

  private void inspect(Piece piece, long now) {
    if (now - piece.io.deadlineNanos >= 0) {
      timeOut(piece);
    } else if (now - piece.dueNanos >= 0) {
      if (piece.awaiting) {
        Route route = routes.find(piece.chunk.index());
        if (route != null) {
          route.silent(piece.node, now);
        }
        routes.refresh(piece.chunk.index());
        piece.attempts++;
      }
      retries++;
      send(piece);
    } else if (leaderFound(piece)) {
      piece.hops = 0;
      retries++;
      send(piece);
    }
  }

  /** Whether others have found the leader that this piece still waits for or looks for. */
  private boolean leaderFound(Piece piece) {
    Route route = routes.find(piece.chunk.index());
    return route != null && route.provenSince(piece.confirmations, piece.node);
  }

  private void timeOut(Piece piece) {
    fail(
        piece.io,
        new PfsException(
            Errno.EIO,
            piece.io.describe()
                + ": chunk "
                + piece.chunk
                + " did not do it within "
                + settings.ioTimeoutMillis()
                + " ms ("
                + (piece.attempts + 1)
                + " attempts; last, "
                + piece.lastRefusal
                + "): see whether a majority of its ChunkServers is up"));
  }

  private void finish(Piece piece) {
    land(piece);
    if (piece.io.pieceDone()) {
      piece.io.end(null);
    }
    pump();
  }

  private void fail(VolumeIo io, IOException error) {
    if (io.ended()) {
      return;
    }
    io.pieces.forEach(this::land);
    io.end(error);
    pump();
  }

  /** Takes a piece out of everything it is in; answers that still come are not for it any more. */
  private void land(Piece piece) {
    if (piece.place < 0) {
      return;
    }
    Piece last = flights.removeLast();
    if (last != piece) {
      flights.set(piece.place, last);
      last.place = piece.place;
    }
    piece.place = -1;
    if (piece.io.write) {
      lanes.get(piece.chunk).end(piece);
    } else {
      reads.remove(piece.id);
    }
  }

  private PfsException stale(VolumeIo io, String message) {
    return new PfsException(
        Errno.ESTALE,
        io.describe() + ": a newer writer owns the volume, not epoch " + epoch + ": " + message);
  }

  private static PfsException error(Errno errno, Piece piece, Status status, String message) {
    return new PfsException(
        errno, piece.io.describe() + ": chunk " + piece.chunk + ": " + status + ": " + message);
  }
}
