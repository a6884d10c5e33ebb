package io.polarj.replication.replica;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.Network;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.protocol.ReplicationMessage;
import io.polarj.replication.protocol.ReplicationMessage.Ack;
import io.polarj.replication.protocol.ReplicationMessage.Announce;
import io.polarj.replication.protocol.ReplicationMessage.Attach;
import io.polarj.replication.protocol.ReplicationMessage.AttachRefused;
import io.polarj.replication.protocol.ReplicationMessage.AttachReply;
import io.polarj.replication.protocol.ReplicationMessage.Continuity;
import io.polarj.replication.protocol.ReplicationMessage.Detach;
import io.polarj.replication.protocol.ReplicationMessage.NotAttached;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica's side of the protocol: attaches, again and again until it is counted, hears
 * announcements, reports how far it is, and keeps the lease. A sans-I/O state machine on its loop.
 *
 * <p>The lease runs from when this node <em>sent</em> what the primary renewed it for, by this
 * node's own clock, so it ends here before it ends at the primary.
 */
public final class ReplicaLink {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaLink.class);
  private static final long FIRST_RETRY_NANOS = 100_000_000L;
  private static final long LAST_RETRY_NANOS = 2_000_000_000L;

  private final EventLoop loop;
  private final Network network;
  private final Supplier<Address> primary;
  private final ReplicationSettings settings;
  private final Identity identity;
  private final ReplicaPosition position;
  private final ServingGate gate;
  private final LinkEvents events;

  private Address address;
  private Link link;
  private int attempt;
  private long retryNanos = FIRST_RETRY_NANOS;
  private boolean stopped;
  private Timer tick;
  private Timer retry;

  // The attachment; epoch 0: there was none yet.
  private boolean attached;
  private long epoch;
  private long replicaId;
  private long serveLsn;
  private long leaseNanos;
  private long ackSequence;
  private long ackedAtNanos;
  private long announceSequence;
  private long durableLsn;
  private long heardAtNanos;
  private String primarySqlAddress = "";
  private String refusal = "";
  private long attachments;

  /** Who this node is: {@code nodeId} differs in each life of the process. */
  public record Identity(long nodeId, String name, String sqlAddress) {}

  ReplicaLink(
      EventLoop loop,
      Network network,
      Supplier<Address> primary,
      ReplicationSettings settings,
      Identity identity,
      ReplicaPosition position,
      ServingGate gate,
      LinkEvents events) {
    this.loop = loop;
    this.network = network;
    this.primary = primary;
    this.settings = settings;
    this.identity = identity;
    this.position = position;
    this.gate = gate;
    this.events = events;
  }

  void start() {
    tick = loop.schedule(settings.heartbeatNanos(), this::tick);
    attach();
  }

  /** Leaves; readers get no answer any more. */
  void stop() {
    stopped = true;
    gate.shut();
    tick.cancel();
    cancelRetry();
    if (attached) {
      link.send(new Detach(epoch, replicaId));
      attached = false;
    }
  }

  /** Stops without a word. */
  void abandon() {
    attached = false;
    stop();
  }

  /** What was applied is of no use: leaves and comes back from the checkpoint. */
  void rejoin() {
    if (stopped) {
      return;
    }
    gate.shut();
    if (attached) {
      link.send(new Detach(epoch, replicaId));
    }
    attached = false;
    epoch = 0;
    replicaId = 0;
    scheduleRetry();
  }

  private long now() {
    return loop.clock().nanoTime();
  }

  // Attaching.

  private void attach() {
    cancelRetry();
    attempt++;
    Address target = primary.get();
    if (target != null) {
      if (link == null || !target.equals(address)) {
        address = target;
        link = network.connect(target, this::onMessage);
      }
      link.send(
          new Attach(
              identity.nodeId(),
              attempt,
              identity.name(),
              identity.sqlAddress(),
              position.clusterIdHigh(),
              position.clusterIdLow(),
              epoch,
              replicaId,
              gate.leaseHeld(),
              position.appliedLsn(),
              position.oldestSnapshotLsn(),
              now()));
    }
    scheduleRetry();
  }

  private void scheduleRetry() {
    cancelRetry();
    retry = loop.schedule(retryNanos, this::attach);
    retryNanos = Math.min(LAST_RETRY_NANOS, retryNanos * 2);
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private void onMessage(Link from, Message message) {
    if (stopped || !(message instanceof ReplicationMessage replication)) {
      return;
    }
    switch (replication) {
      case AttachReply reply -> attached(reply);
      case Announce announce -> announced(announce);
      case NotAttached gone -> {
        if (attached && gone.epoch() == epoch && gone.replicaId() == replicaId) {
          LOG.warn("the primary does not know replica {} any more; attaching anew", replicaId);
          attached = false;
          retryNanos = FIRST_RETRY_NANOS;
          attach();
        }
      }
      case AttachRefused refused -> {
        if (!attached && refused.attempt() == attempt && refused.nodeId() == identity.nodeId()) {
          refusal = refused.reason();
          LOG.error("the primary refuses this replica: {}", refusal);
        }
      }
      case Attach _, Ack _, Detach _ ->
          LOG.warn("{} sent a replica's message: {}", from.remote(), message);
    }
  }

  private void attached(AttachReply reply) {
    if (attached || reply.nodeId() != identity.nodeId() || reply.attempt() != attempt) {
      return;
    }
    boolean known = position.clusterIdHigh() != 0 || position.clusterIdLow() != 0;
    if (known
        && (reply.clusterIdHigh() != position.clusterIdHigh()
            || reply.clusterIdLow() != position.clusterIdLow())) {
      refusal = "the node at " + address + " serves another database";
      LOG.error(refusal);
      return;
    }
    cancelRetry();
    retryNanos = FIRST_RETRY_NANOS;
    refusal = "";
    attachments++;
    boolean goesOn =
        epoch != 0
            && (reply.continuity() == Continuity.HELD
                || reply.continuity() == Continuity.GRACE && gate.leaseHeld());
    boolean sameSession = reply.epoch() == epoch && reply.replicaId() == replicaId;
    attached = true;
    leaseNanos = reply.leaseNanos();
    primarySqlAddress = reply.primarySqlAddress();
    heardAtNanos = now();
    long leaseEnd = reply.sentNanos() + leaseNanos;
    if (goesOn) {
      gate.renew(leaseEnd);
    } else {
      gate.begin(leaseEnd);
      serveLsn = reply.durableLsn();
    }
    epoch = reply.epoch();
    replicaId = reply.replicaId();
    if (!sameSession) {
      ackSequence = 0;
      announceSequence = 0;
    }
    LOG.info(
        "attached to the primary at {} as replica {} of epoch {}{}",
        address,
        replicaId,
        epoch,
        goesOn ? ", going on" : "");
    events.attached(
        new Attachment(
            epoch, replicaId, gate.generation(), goesOn, serveLsn, reply.checkpointLsn()));
    learn(reply.durableLsn(), reply.commitLsn(), goesOn ? 0 : reply.checkpointLsn());
    sendAck();
  }

  // Announcements.

  private void announced(Announce announce) {
    if (announce.epoch() != epoch || announce.replicaId() != replicaId || epoch == 0) {
      return;
    }
    if (!attached) {
      // Silence had made it attach anew, but the attachment lives.
      attached = true;
      attempt++;
      cancelRetry();
      retryNanos = FIRST_RETRY_NANOS;
    }
    heardAtNanos = now();
    gate.renew(announce.grantNanos() + leaseNanos);
    boolean news = announce.durableLsn() > durableLsn;
    boolean newest = announce.sequence() > announceSequence;
    announceSequence = Math.max(announceSequence, announce.sequence());
    learn(announce.durableLsn(), announce.commitLsn(), announce.releaseLsn());
    if (newest && !news) {
      sendAck(); // what is new is acknowledged when it has been applied
    }
  }

  private void learn(long durable, long commit, long release) {
    durableLsn = Math.max(durableLsn, durable);
    events.announced(durableLsn, commit, release);
  }

  /** More has been applied. */
  void appliedMoved() {
    if (attached && !stopped) {
      sendAck();
    }
  }

  private void sendAck() {
    ackedAtNanos = now();
    link.send(
        new Ack(
            epoch,
            replicaId,
            ++ackSequence,
            announceSequence,
            position.appliedLsn(),
            position.oldestSnapshotLsn(),
            position.neededLsn(),
            ackedAtNanos));
  }

  private void tick() {
    if (stopped) {
      return;
    }
    tick = loop.schedule(settings.heartbeatNanos(), this::tick);
    if (!attached) {
      return;
    }
    if (now() - heardAtNanos >= settings.silenceNanos()) {
      LOG.warn("nothing heard from the primary at {}; attaching anew", address);
      attached = false;
      retryNanos = FIRST_RETRY_NANOS;
      attach();
    } else if (now() - ackedAtNanos >= settings.heartbeatNanos()) {
      sendAck();
    }
  }

  /** For status. On the loop. */
  record View(
      boolean attached,
      String primaryAddress,
      String primarySqlAddress,
      long epoch,
      long replicaId,
      long attachments,
      String refusal) {}

  View view() {
    return new View(
        attached,
        address == null ? "" : address.toString(),
        primarySqlAddress,
        epoch,
        replicaId,
        attachments,
        refusal);
  }
}
