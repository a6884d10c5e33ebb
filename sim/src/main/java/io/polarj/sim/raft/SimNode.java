package io.polarj.sim.raft;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.fault.SimHost;
import io.polarj.sim.history.Violation;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.protocol.ChangeMembers;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.DiscardRequest;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.Outcome;
import io.polarj.storage.raft.RaftListener;
import io.polarj.storage.raft.RaftMessage;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.raft.ReplicaSetup;
import io.polarj.storage.raft.ReplicaStatus;
import io.polarj.storage.raft.RequestId;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One replica on a host of its own. */
final class SimNode implements SimHost.Program {
  static final ChunkId CHUNK = new ChunkId(7, 0);
  private static final long LOG_BYTES = 1L << 30;

  private final int id;
  private Membership members;
  private final SimScheduler scheduler;
  private final RaftSettings settings;
  private final Options options;
  private final Judge judge;
  private final DurableTruth truth;
  private final long chunkBytes;
  private final BufferPool buffers = new BufferPool();
  private final SimHost host;
  private Consumer<SimHost> elected = somebody -> {};
  private RaftReplica replica;

  SimNode(
      int id,
      Membership members,
      SimFabric fabric,
      SimScheduler scheduler,
      RandomStream random,
      RaftSettings settings,
      Options options,
      Judge judge,
      DurableTruth truth) {
    this.id = id;
    this.members = members;
    this.scheduler = scheduler;
    this.settings = settings;
    this.options = options;
    this.judge = judge;
    this.truth = truth;
    this.chunkBytes = options.blocks() * 4096L;
    this.host = new SimHost(id, scheduler, fabric, random, chunkBytes, LOG_BYTES, 400_000, this);
  }

  static Address address(int node) {
    return SimHost.address(node);
  }

  int id() {
    return id;
  }

  SimHost host() {
    return host;
  }

  /** The chunk as it lies on the disk now. */
  byte[] chunkBytes() {
    return host.image().peek(0, (int) chunkBytes);
  }

  RaftReplica replica() {
    return replica;
  }

  /** Told when this replica leads or stands for election. */
  void onElection(Consumer<SimHost> listener) {
    elected = listener;
  }

  @Override
  public boolean leads() {
    return replica != null && replica.leads();
  }

  @Override
  public void boot(SimHost.Life life) {
    Map<Integer, Link> links = new TreeMap<>();
    judge.restarted(id);
    DiskLog.open(
        life.log(),
        LOG_BYTES,
        truth,
        buffers,
        options.skipFlush(),
        log -> {
          RaftReplica made =
              new RaftReplica(
                  new ReplicaSetup(
                      CHUNK,
                      id,
                      members,
                      life.loop(),
                      life.random().split("raft"),
                      settings,
                      log,
                      log.recovered(),
                      new DiskStore(
                          life.disk(), 0, chunkBytes, buffers, log, () -> replica.appliedEntries()),
                      (to, message) ->
                          links
                              .computeIfAbsent(
                                  to, n -> life.network().connect(address(n), (l, m) -> {}))
                              .send(message)),
                  new Listener());
          replica = made;
          made.start();
          life.network().listen(address(id), this::onMessage);
        });
  }

  @Override
  public void died() {
    if (replica != null) {
      replica.close();
    }
    replica = null;
  }

  /** The disk is replaced by an empty one; the node waits as a newcomer. */
  void wipe() {
    host.wipe();
    truth.destroy();
    members = Membership.NONE;
  }

  boolean runsOn(SimLoop other) {
    return other != null && host.loop() == other;
  }

  void observe() {
    if (replica != null) {
      judge.observe(id, replica);
    }
  }

  private void onMessage(Link from, Message message) {
    switch (message) {
      case RaftMessage m -> replica.onMessage(m);
      case WriteRequest m -> write(from, m);
      case DiscardRequest m -> discard(from, m);
      case ReadRequest m ->
          replica.read(
              m.offset(),
              m.length(),
              (outcome, bytes) ->
                  from.send(
                      new ReadReply(
                          m.chunk(),
                          m.requestId(),
                          status(outcome),
                          hint(),
                          bytes == null ? new byte[0] : bytes,
                          "")));
      case FenceEpoch m ->
          replica.fence(
              m.epoch(),
              outcome ->
                  from.send(
                      new ControlReply(m.requestId(), id, m.chunk(), status(outcome), hint(), "")));
      case ChangeMembers m ->
          replica.changeMembers(
              m.voters(),
              m.learners(),
              m.basis(),
              outcome ->
                  from.send(
                      new ControlReply(m.requestId(), id, m.chunk(), status(outcome), hint(), "")));
      default -> throw new IllegalArgumentException("unexpected " + message);
    }
  }

  private void write(Link from, WriteRequest m) {
    replica.write(
        new io.polarj.storage.raft.WriteRequest(
            new RequestId(m.clientId(), m.sequence(), m.oldestPending()),
            m.epoch(),
            m.offset(),
            m.payload()),
        outcome -> {
          if (outcome == Outcome.OK) {
            judge.acknowledged(m.clientId(), m.sequence(), replica.members());
          }
          from.send(
              new WriteReply(
                  m.chunk(), m.clientId(), m.sequence(), status(outcome), hint(), 0, ""));
        });
  }

  private void discard(Link from, DiscardRequest m) {
    replica.discard(
        new RequestId(m.clientId(), m.sequence(), m.oldestPending()),
        m.epoch(),
        m.offset(),
        m.length(),
        outcome -> {
          if (outcome == Outcome.OK) {
            judge.acknowledged(m.clientId(), m.sequence(), replica.members());
          }
          from.send(
              new WriteReply(
                  m.chunk(), m.clientId(), m.sequence(), status(outcome), hint(), 0, ""));
        });
  }

  private int hint() {
    return replica == null ? 0 : replica.status().leaderHint();
  }

  private static Status status(Outcome outcome) {
    return switch (outcome) {
      case OK -> Status.OK;
      case NOT_LEADER -> Status.NOT_LEADER;
      case UNKNOWN -> Status.IN_DOUBT;
      case FENCED -> Status.STALE_EPOCH;
      case STALE -> Status.STALE_SEQUENCE;
      case OVERLOADED, BUSY -> Status.BUSY;
      case CONFLICT -> Status.CONFLICT;
      case NO_SNAPSHOT -> Status.NO_SNAPSHOT;
      case INVALID -> Status.INVALID;
      case FAILED -> Status.DISK_FAILED;
    };
  }

  private final class Listener implements RaftListener {
    @Override
    public void roleChanged(ReplicaStatus status) {
      scheduler.trace(status.term() * 8 + status.role().ordinal());
      if (status.role() != ReplicaStatus.Role.FOLLOWER) {
        elected.accept(host);
      }
    }

    @Override
    public void failed(IOException error) {
      if (host.diskFailed()) {
        return; // as it should
      }
      Throwable cause = error.getCause() == null ? error : error.getCause();
      throw new Violation("replica " + id + " stopped itself", cause.getMessage());
    }
  }
}
