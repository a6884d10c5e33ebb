package io.polarj.replication.primary;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
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
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's side of replication: who is attached, under which lease, how far each is, and what
 * follows for flushing, purge and redo (R3, R5, E4). Tells replicas at once when redo became
 * durable; while an announcement is not acknowledged, the next one waits a little, so that under
 * load many commits share one.
 *
 * <p>A sans-I/O state machine: everything happens on its loop. It acts on the loss of a lease only
 * a margin after the replica's own clock has ended it (R7). After a start it holds every bound for
 * as long as a lease of its predecessor could run.
 */
public final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final EventLoop loop;
  private final PrimaryLog log;
  private final ReplicationSettings settings;
  private final String sqlAddress;
  private final Consumer<ReplicationBounds> publish;
  private final TreeMap<Long, Session> sessions = new TreeMap<>();
  private long lastReplicaId;
  private long graceEndNanos;
  private boolean grace;
  private boolean stopped;
  private Timer tick;
  private Timer deferred;

  /** {@code publish} gets the bounds whenever they change; it must make them known at once. */
  public Announcer(
      EventLoop loop,
      PrimaryLog log,
      ReplicationSettings settings,
      String sqlAddress,
      Consumer<ReplicationBounds> publish) {
    this.loop = loop;
    this.log = log;
    this.settings = settings;
    this.sqlAddress = sqlAddress;
    this.publish = publish;
  }

  /** {@code replicasMayExist}: false on a volume that was made just now. On the loop. */
  public void start(boolean replicasMayExist) {
    grace = replicasMayExist;
    graceEndNanos = now() + settings.actNanos();
    publishBounds();
    tick = loop.schedule(settings.heartbeatNanos(), this::tick);
  }

  /** No more timers; the bounds stay as they are. On the loop. */
  public void stop() {
    stopped = true;
    tick.cancel();
    if (deferred != null) {
      deferred.cancel();
    }
  }

  private long now() {
    return loop.clock().nanoTime();
  }

  public void onMessage(Link from, Message message) {
    if (stopped || !(message instanceof ReplicationMessage replication)) {
      return;
    }
    switch (replication) {
      case Attach attach -> attach(from, attach);
      case Ack ack -> ack(from, ack);
      case Detach detach -> {
        if (detach.epoch() == log.epoch() && sessions.remove(detach.replicaId()) != null) {
          LOG.info("replica {} has left", detach.replicaId());
          publishBounds();
        }
      }
      case AttachReply _, AttachRefused _, Announce _, NotAttached _ ->
          LOG.warn("{} sent a primary's message: {}", from.remote(), message);
    }
  }

  // Attaching.

  private void attach(Link from, Attach attach) {
    boolean known = attach.clusterIdHigh() != 0 || attach.clusterIdLow() != 0;
    if (known
        && (attach.clusterIdHigh() != log.clusterIdHigh()
            || attach.clusterIdLow() != log.clusterIdLow())) {
      refuse(from, attach, "it is a replica of another database; mount this primary's volume");
      return;
    }
    Session present = ofNode(attach.nodeId());
    if (present != null && attach.attempt() < present.attempt) {
      return; // overtaken by a later one
    }
    if (present != null
        && attach.previousEpoch() == log.epoch()
        && attach.previousReplicaId() == present.replicaId) {
      present.attempt = attach.attempt();
      present.link = from;
      renew(present, attach.sentNanos());
      reply(present, Continuity.HELD);
      return;
    }
    if (present != null) {
      sessions.remove(present.replicaId);
    } else if (sessions.size() >= settings.maxReplicas()) {
      refuse(from, attach, "there are " + sessions.size() + " replicas already (maxReplicas)");
      return;
    }
    register(from, attach);
  }

  private void refuse(Link from, Attach attach, String reason) {
    LOG.warn("replica {} at {} is refused: {}", attach.name(), from.remote(), reason);
    from.send(new AttachRefused(attach.nodeId(), attach.attempt(), reason));
  }

  private void register(Link from, Attach attach) {
    Session session = new Session(++lastReplicaId, attach, from, now());
    session.leaseDeadlineNanos = now() + settings.actNanos();
    sessions.put(session.replicaId, session);
    // First everything is held; only what is durable after that is surely not surpassed by a flush,
    // purge or removal that asked for its bound before.
    publishBounds();
    long durable = log.durableLsn();
    long checkpoint = log.checkpointLsn();
    boolean goesOn = grace && attach.leaseHeld();
    if (goesOn) {
      session.snapshotLsn = attach.oldestSnapshotLsn();
    } else {
      session.floorLsn = durable;
    }
    if (goesOn || attach.appliedLsn() >= checkpoint) {
      session.appliedLsn = attach.appliedLsn();
      session.neededLsn = attach.appliedLsn();
    } else {
      session.neededLsn = checkpoint;
    }
    publishBounds();
    LOG.info(
        "replica {} ({}, {}) attached at LSN {}",
        session.replicaId,
        session.name,
        from.remote(),
        session.appliedLsn);
    reply(session, goesOn ? Continuity.GRACE : Continuity.NONE);
  }

  private void reply(Session session, Continuity continuity) {
    session.link.send(
        new AttachReply(
            session.nodeId,
            session.attempt,
            log.epoch(),
            session.replicaId,
            log.clusterIdHigh(),
            log.clusterIdLow(),
            continuity,
            // Where a replica that has lost touch may serve again.
            continuity == Continuity.NONE ? session.floorLsn : log.durableLsn(),
            log.commitLsn(),
            log.checkpointLsn(),
            settings.leaseNanos(),
            session.grantNanos,
            sqlAddress));
  }

  private Session ofNode(long nodeId) {
    for (Session session : sessions.values()) {
      if (session.nodeId == nodeId) {
        return session;
      }
    }
    return null;
  }

  // Acknowledgements and leases.

  private void ack(Link from, Ack ack) {
    Session session = ack.epoch() == log.epoch() ? sessions.get(ack.replicaId()) : null;
    if (session == null) {
      from.send(new NotAttached(ack.epoch(), ack.replicaId()));
      return;
    }
    if (ack.sequence() <= session.ackSequence) {
      return;
    }
    session.ackSequence = ack.sequence();
    session.link = from;
    session.acknowledgedSequence = Math.max(session.acknowledgedSequence, ack.announceSequence());
    long durable = log.durableLsn();
    if (ack.appliedLsn() > session.appliedLsn || session.flushLsn() >= durable) {
      session.progressAtNanos = now();
    }
    session.appliedLsn = Math.max(session.appliedLsn, ack.appliedLsn());
    session.snapshotLsn = Math.max(session.snapshotLsn, ack.oldestSnapshotLsn());
    session.neededLsn = Math.max(session.neededLsn, ack.neededLsn());
    if (keepsUp(session, durable)) {
      renew(session, ack.sentNanos());
    }
    publishBounds();
    if (durable > session.announcedDurableLsn) {
      announce(session);
    }
  }

  /** A replica that is too slow to live is not renewed, so that it does not stall the primary. */
  private boolean keepsUp(Session session, long durable) {
    boolean slow =
        durable - session.flushLsn() > settings.maxLagBytes()
            || now() - session.progressAtNanos > settings.stallNanos();
    if (slow && !session.refusedRenewal) {
      LOG.warn(
          "replica {} ({}) is {} bytes behind and gets no renewal of its lease",
          session.replicaId,
          session.name,
          durable - session.flushLsn());
    }
    session.refusedRenewal = slow;
    return !slow;
  }

  private void renew(Session session, long sentNanos) {
    if (sentNanos - session.grantNanos > 0) {
      session.grantNanos = sentNanos;
    }
    session.leaseDeadlineNanos = now() + settings.actNanos();
  }

  private void tick() {
    if (stopped) {
      return;
    }
    tick = loop.schedule(settings.heartbeatNanos(), this::tick);
    if (grace && now() - graceEndNanos >= 0) {
      grace = false;
    }
    List<Session> expired = new ArrayList<>();
    for (Session session : sessions.values()) {
      if (now() - session.leaseDeadlineNanos >= 0) {
        expired.add(session);
      } else if (now() - session.announcedAtNanos >= settings.heartbeatNanos()) {
        announce(session);
      }
    }
    for (Session session : expired) {
      LOG.warn(
          "replica {} ({}) has lost its lease at LSN {}",
          session.replicaId,
          session.name,
          session.appliedLsn);
      sessions.remove(session.replicaId);
      session.link.send(new NotAttached(log.epoch(), session.replicaId));
    }
    publishBounds();
  }

  private void publishBounds() {
    if (grace) {
      publish.accept(ReplicationBounds.HOLD);
      return;
    }
    long flush = Long.MAX_VALUE;
    long purge = Long.MAX_VALUE;
    long retain = Long.MAX_VALUE;
    long applied = Long.MAX_VALUE;
    for (Session session : sessions.values()) {
      flush = Math.min(flush, session.flushLsn());
      purge =
          Math.min(purge, settings.snapshotsHoldPurge() ? session.purgeLsn() : session.flushLsn());
      retain = Math.min(retain, session.neededLsn);
      applied = Math.min(applied, session.appliedLsn);
    }
    publish.accept(
        sessions.isEmpty()
            ? ReplicationBounds.FREE
            : new ReplicationBounds(flush, purge, retain, applied));
  }

  // Announcing.

  /** Redo has become durable. On the loop. */
  public void durableMoved() {
    if (stopped) {
      return;
    }
    long durable = log.durableLsn();
    for (Session session : sessions.values()) {
      if (durable > session.announcedDurableLsn) {
        announceSoon(session);
      }
    }
  }

  private void announceSoon(Session session) {
    boolean outstanding = session.announceSequence > session.acknowledgedSequence;
    long waited = now() - session.announcedAtNanos;
    if (!outstanding || waited >= settings.coalesceNanos()) {
      announce(session);
    } else if (deferred == null) {
      deferred =
          loop.schedule(
              settings.coalesceNanos() - waited,
              () -> {
                deferred = null;
                durableMoved();
              });
    }
  }

  private void announce(Session session) {
    long durable = log.durableLsn();
    session.announcedDurableLsn = durable;
    session.announcedAtNanos = now();
    session.link.send(
        new Announce(
            log.epoch(),
            session.replicaId,
            ++session.announceSequence,
            durable,
            log.commitLsn(),
            log.checkpointLsn(),
            session.grantNanos));
  }

  /** Who is attached. On the loop. */
  public List<AttachedReplica> replicas() {
    List<AttachedReplica> list = new ArrayList<>();
    long durable = log.durableLsn();
    for (Session session : sessions.values()) {
      list.add(
          new AttachedReplica(
              session.replicaId,
              session.name,
              session.sqlAddress,
              session.appliedLsn,
              session.snapshotLsn,
              Math.max(0, durable - session.appliedLsn),
              Math.max(0, (session.leaseDeadlineNanos - now()) / 1_000_000L)));
    }
    return list;
  }
}
