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
import io.polarj.polarctrl.protocol.NodeStatus;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.ReleaseWriter;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.ServiceHeartbeat;
import io.polarj.polarctrl.protocol.ServiceHeartbeatReply;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.StatusRequest;
import io.polarj.polarctrl.protocol.WatchRoutes;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeHeartbeatReply;
import io.polarj.storage.protocol.StorageMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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
  private final ServiceTable services;
  private final NodeTable nodes;
  private final ReportTable reports;
  private final ControlCalls calls;
  private final VolumeTable volumes;
  private final WriterTable writers;
  private final SnapshotTable snapshots;
  private final IoTable io = new IoTable();
  private final RouteWatchers watchers;
  private final LeftoverTable leftovers;
  private final PlanTable plans;
  private final Mover mover;
  private final MovePlanner planner;
  private final Operator operator;

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
    long lossNanos = settings.moves().lossMillis() * 1_000_000L;
    nodes = new NodeTable(settings.nodeTimeoutMillis() * 1_000_000L, lossNanos);
    reports = new ReportTable();
    services = new ServiceTable(settings.serviceLeaseMillis() * 1_000_000L);
    calls =
        new ControlCalls(
            nodes,
            toNode,
            settings.retryMillis() * 1_000_000L,
            settings.callsInFlight(),
            clock.wallMillis() << 20);
    ChunkHealth health = new ChunkHealth(nodes, reports, lossNanos);
    Placement placement = new Placement(settings.moves().sharedHosts());
    volumes = new VolumeTable(nodes, reports, health, calls, store, placement, timeoutNanos);
    writers = new WriterTable(volumes, reports, calls, store, settings);
    snapshots = new SnapshotTable(volumes, reports, calls, store);
    writers.closedWhile(snapshots::restoring);
    watchers = new RouteWatchers(WatchRoutes.LEASE_MILLIS * 1_000_000L);
    ControlParts parts =
        new ControlParts(settings, clock, store, nodes, reports, health, calls, volumes);
    leftovers = new LeftoverTable(parts, toNode);
    plans = new PlanTable(store, settings.moves().mostMoves());
    mover = new Mover(parts, plans, leftovers, toNode);
    planner = new MovePlanner(parts, plans, mover, leftovers);
    Views views = new Views(parts, plans, planner, leftovers, io);
    operator = new Operator(parts, plans, mover, planner, views, snapshots);
  }

  /** Takes up what the store holds; once, before anything else. */
  public void start() {
    StoredState state = store.load();
    long now = clock.nanoTime();
    state.nodes().forEach(node -> nodes.restore(node, now));
    volumes.restore(state, now);
    writers.restored(now);
    plans.restore(state.plans());
    leftovers.restore(state.leftovers());
    snapshots.restore(state.snapshots(), now);
  }

  /** To be called some ten times a second. */
  public void tick() {
    long now = clock.nanoTime();
    loseTheSilent(now);
    calls.tick(now);
    volumes.tick(now);
    writers.tick(now);
    services.tick(now);
    mover.tick(now);
    planner.tick(now);
    leftovers.tick(now);
    watchers.tick(volumes, now);
  }

  /** What operators see and ask for; on the control plane's loop. */
  public Operator operator() {
    return operator;
  }

  private void loseTheSilent(long nowNanos) {
    for (StoredNode lost : nodes.tick(nowNanos)) {
      store.saveNode(lost);
      nodes.saved(lost);
      LOG.warn(
          "ChunkServer {} was silent for {} s: lost, its replicas are made anew",
          lost.node(),
          settings.moves().lossMillis() / 1_000);
    }
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
    long now = clock.nanoTime();
    nodes.heard(beat, changed, now);
    io.heard(beat, now);
    for (ChunkId chunk : reports.heard(beat, now)) {
      watchers.changed(chunk);
      mover.changed(chunk, now);
      if (plans.of(chunk) == null) {
        volumes.follow(chunk);
      }
    }
    reply.accept(new NodeHeartbeatReply(settings.clusterId(), beat.beat(), nodes.addresses()));
  }

  public void controlReply(ControlReply reply) {
    long now = clock.nanoTime();
    if (!mover.replied(reply, now) && !leftovers.replied(reply)) {
      calls.replied(reply, now);
    }
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
      case WatchRoutes m -> watchers.watch(m.volume(), m.requestId(), reply, now);
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
        nodeStatus(now),
        services.status(now),
        volumes.infos());
  }

  private List<NodeStatus> nodeStatus(long nowNanos) {
    TreeMap<Integer, Integer> replicas = volumes.replicasOfNodes();
    TreeMap<Integer, Integer> led = reports.ledBy();
    List<NodeStatus> status = new ArrayList<>();
    for (NodeTable.Node node : nodes.all()) {
      NodeHeartbeat beat = node.beat();
      status.add(
          new NodeStatus(
              node.number(),
              node.stored().address(),
              node.stored().failureDomain(),
              nodes.heard(node, nowNanos),
              beat == null ? -1 : (nowNanos - node.heardNanos()) / 1_000_000,
              beat == null ? DiskState.RECOVERING : beat.disk(),
              beat == null ? "" : beat.diskMessage(),
              beat == null ? 0 : beat.totalBlocks(),
              beat == null ? 0 : beat.freeBlocks(),
              replicas.getOrDefault(node.number(), 0),
              led.getOrDefault(node.number(), 0)));
    }
    return status;
  }
}
