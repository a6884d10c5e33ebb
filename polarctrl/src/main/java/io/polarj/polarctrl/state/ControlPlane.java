package io.polarj.polarctrl.state;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlRequest;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.ReleaseWriter;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.ServiceHeartbeat;
import io.polarj.polarctrl.protocol.ServiceHeartbeatReply;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.StatusRequest;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeHeartbeatReply;
import io.polarj.storage.protocol.StorageMessage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PolarCtrl's state machine: messages and ticks in, messages out. Lives on one loop. What has to
 * survive is in the store before an answer tells of it; heartbeats fill in the rest again after a
 * restart.
 */
public final class ControlPlane {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private final CtrlSettings settings;
  private final Clock clock;
  private final CtrlStore store;
  private final NodeTable nodes;
  private final ServiceTable services;
  private final ControlCalls calls;
  private final VolumeTable volumes;
  private final WriterTable writers;

  /** {@code toNode} sends to the ChunkServer at that address. */
  public ControlPlane(
      CtrlSettings settings,
      Clock clock,
      CtrlStore store,
      BiConsumer<Address, StorageMessage> toNode) {
    this.settings = settings;
    this.clock = clock;
    this.store = store;
    long timeoutNanos = settings.requestTimeoutMillis() * 1_000_000L;
    nodes = new NodeTable(settings.nodeTimeoutMillis() * 1_000_000L);
    services = new ServiceTable(settings.serviceLeaseMillis() * 1_000_000L);
    calls =
        new ControlCalls(
            nodes,
            toNode,
            settings.retryMillis() * 1_000_000L,
            settings.callsInFlight(),
            clock.wallMillis() << 20);
    volumes = new VolumeTable(nodes, calls, store, timeoutNanos);
    writers = new WriterTable(volumes, nodes, calls, store, settings);
  }

  /** Takes up what the store holds; once, before anything else. */
  public void start() {
    StoredState state = store.load();
    state.nodes().forEach(nodes::restore);
    volumes.restore(state, clock.nanoTime());
    writers.restored(clock.nanoTime());
  }

  /** To be called some ten times a second. */
  public void tick() {
    long now = clock.nanoTime();
    calls.tick(now);
    volumes.tick(now);
    writers.tick(now);
    services.tick(now);
  }

  public void heartbeat(NodeHeartbeat beat, Consumer<StorageMessage> reply) {
    if (beat.clusterId() != settings.clusterId()) {
      LOG.warn(
          "ChunkServer {} at {} belongs to cluster {}, not to {}: not taken in",
          beat.node(),
          beat.address(),
          beat.clusterId(),
          settings.clusterId());
      return;
    }
    StoredNode changed = nodes.toSave(beat);
    if (changed != null) {
      store.saveNode(changed);
      LOG.info("ChunkServer {} is at {}", beat.node(), beat.address());
    }
    nodes.heard(beat, clock.nanoTime());
    reply.accept(new NodeHeartbeatReply(settings.clusterId(), beat.beat(), nodes.all()));
  }

  public void controlReply(ControlReply reply) {
    calls.replied(reply, clock.nanoTime());
  }

  /** The answer may come during the call or later. */
  public void request(CtrlRequest request, Consumer<CtrlReply> reply) {
    try {
      dispatch(request, reply);
    } catch (StoreException e) {
      LOG.error("request {} failed", request, e);
      reply.accept(new Refusal(request.requestId(), CtrlStatus.ERROR, e.getMessage()));
    }
  }

  private void dispatch(CtrlRequest request, Consumer<CtrlReply> reply) {
    long now = clock.nanoTime();
    switch (request) {
      case CreateVolume m -> volumes.create(m, reply, now);
      case GrowVolume m -> volumes.grow(m, reply, now);
      case FindVolume m -> volumes.find(m, reply);
      case RouteRequest m -> volumes.route(m, reply);
      case AcquireWriter m -> writers.acquire(m, reply, now);
      case RenewWriter m -> writers.renew(m, reply, now);
      case ReleaseWriter m -> writers.release(m, reply);
      case ServiceHeartbeat m -> serviceHeartbeat(m, reply, now);
      case StatusRequest m -> reply.accept(status(m, now));
    }
  }

  private void serviceHeartbeat(ServiceHeartbeat request, Consumer<CtrlReply> reply, long now) {
    if (request.clusterId() != settings.clusterId()) {
      reply.accept(
          new Refusal(
              request.requestId(),
              CtrlStatus.INVALID,
              "this is cluster " + settings.clusterId() + ", not " + request.clusterId()));
      return;
    }
    services.heard(request.service(), now);
    reply.accept(new ServiceHeartbeatReply(request.requestId(), settings.serviceLeaseMillis()));
  }

  private StatusReply status(StatusRequest request, long now) {
    return new StatusReply(
        request.requestId(),
        settings.clusterId(),
        nodes.status(now, volumes.replicasOfNodes()),
        services.status(now),
        volumes.infos());
  }
}
