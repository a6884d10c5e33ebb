package io.polarj.polarctrl.state;

import io.polarj.polarctrl.view.ChunkState;
import io.polarj.polarctrl.view.ChunkView;
import io.polarj.polarctrl.view.ClusterView;
import io.polarj.polarctrl.view.IoView;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.polarctrl.view.NodeView;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.polarctrl.view.ReplicaView;
import io.polarj.polarctrl.view.VolumeView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeMetrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;

/** Makes what operators see. Changes nothing. */
final class Views {
  private final ControlParts parts;
  private final PlanTable plans;
  private final MovePlanner planner;
  private final LeftoverTable leftovers;
  private final IoTable io;

  Views(
      ControlParts parts,
      PlanTable plans,
      MovePlanner planner,
      LeftoverTable leftovers,
      IoTable io) {
    this.parts = parts;
    this.plans = plans;
    this.planner = planner;
    this.leftovers = leftovers;
    this.io = io;
  }

  ClusterView cluster(long nowNanos) {
    EnumMap<NodeState, Integer> nodes = new EnumMap<>(NodeState.class);
    int known = 0;
    for (NodeTable.Node node : parts.nodes().all()) {
      known++;
      nodes.merge(parts.nodes().state(node.number(), nowNanos), 1, Integer::sum);
    }
    EnumMap<ChunkState, Integer> chunks = new EnumMap<>(ChunkState.class);
    List<ChunkId> made = parts.volumes().chunksMade();
    for (ChunkId chunk : made) {
      chunks.merge(parts.volumes().assess(chunk, nowNanos).state(), 1, Integer::sum);
    }
    int unknown = parts.volumes().unknownChunks().size();
    return new ClusterView(
        parts.settings().clusterId(),
        known,
        nodes.getOrDefault(NodeState.UP, 0),
        nodes.getOrDefault(NodeState.SUSPECT, 0),
        nodes.getOrDefault(NodeState.LOST, 0),
        parts.volumes().infos().size(),
        made.size(),
        chunks.getOrDefault(ChunkState.HEALTHY, 0),
        chunks.getOrDefault(ChunkState.DEGRADED, 0),
        chunks.getOrDefault(ChunkState.UNDER_REPLICATED, 0),
        chunks.getOrDefault(ChunkState.UNAVAILABLE, 0),
        plans.open().size(),
        plans.most(),
        planner.waiting(),
        planner.stuck(),
        leftovers.count(),
        unknown,
        unknown > 0
            ? "the database does not know " + unknown + " chunks; see `polarj ctl recover`"
            : planner.message());
  }

  List<NodeView> nodes(long nowNanos) {
    TreeMap<Integer, Integer> replicas = parts.volumes().replicasOfNodes();
    TreeMap<Integer, Long> promised = parts.volumes().promisedBytes();
    TreeMap<Integer, Integer> led = parts.reports().ledBy();
    List<NodeView> views = new ArrayList<>();
    for (NodeTable.Node node : parts.nodes().all()) {
      int number = node.number();
      NodeHeartbeat beat = node.beat();
      views.add(
          new NodeView(
              number,
              node.stored().address().toString(),
              node.stored().failureDomain(),
              parts.nodes().state(number, nowNanos),
              node.stored().admin().name(),
              beat == null ? -1 : (nowNanos - node.heardNanos()) / 1_000_000,
              beat == null ? "UNKNOWN" : beat.disk().name(),
              beat == null ? "" : beat.diskMessage(),
              beat == null ? 0 : beat.totalBlocks() << 16,
              beat == null ? 0 : beat.freeBlocks() << 16,
              promised.getOrDefault(number, 0L),
              replicas.getOrDefault(number, 0),
              led.getOrDefault(number, 0),
              node.stored().drainTotal(),
              leftovers.countOn(number),
              io.on(number, nowNanos).view(),
              beat == null ? NodeMetrics.NONE : beat.metrics()));
    }
    return views;
  }

  List<VolumeView> volumes(long nowNanos) {
    List<VolumeView> views = new ArrayList<>();
    for (Volume volume : parts.volumes().all()) {
      EnumMap<ChunkState, Integer> states = new EnumMap<>(ChunkState.class);
      IoTable.Rates rates = new IoTable.Rates();
      long allocated = 0;
      for (int index = 0; index < volume.info.chunks(); index++) {
        ChunkId chunk = new ChunkId(volume.info.id(), index);
        ChunkHealth.Assessment found = parts.volumes().assess(chunk, nowNanos);
        states.merge(found.state(), 1, Integer::sum);
        rates.add(io.of(chunk, nowNanos));
        allocated += found.leader() == null ? 0 : found.leader().report().allocatedBlocks() << 16;
      }
      views.add(
          new VolumeView(
              volume.info.id(),
              volume.info.name(),
              volume.info.sizeBytes(),
              volume.info.targetBytes(),
              volume.info.chunkBytes(),
              volume.info.replicas(),
              volume.info.epoch(),
              volume.info.writer(),
              volume.info.chunks(),
              states.getOrDefault(ChunkState.HEALTHY, 0),
              states.getOrDefault(ChunkState.DEGRADED, 0),
              states.getOrDefault(ChunkState.UNDER_REPLICATED, 0),
              states.getOrDefault(ChunkState.UNAVAILABLE, 0),
              allocated,
              rates.view()));
    }
    return views;
  }

  /** Of one volume, or of all when it is null. */
  List<ChunkView> chunks(Volume only, long nowNanos) {
    List<ChunkView> views = new ArrayList<>();
    for (Volume volume : parts.volumes().all()) {
      if (only == null || only == volume) {
        for (int index = 0; index < volume.chunks.size(); index++) {
          views.add(chunk(volume, index, nowNanos));
        }
      }
    }
    return views;
  }

  private ChunkView chunk(Volume volume, int index, long nowNanos) {
    ChunkId id = new ChunkId(volume.info.id(), index);
    ChunkHealth.Assessment found = parts.volumes().assess(id, nowNanos);
    List<Integer> members = new ArrayList<>(found.voters());
    members.addAll(found.learners());
    List<ReplicaView> replicas = new ArrayList<>();
    for (int node : members) {
      replicas.add(replica(id, node, found, nowNanos));
    }
    PlanTable.Plan plan = plans.of(id);
    IoView rates = io.of(id, nowNanos).view();
    boolean made = index < volume.info.chunks();
    return new ChunkView(
        id.toString(),
        made ? found.state() : ChunkState.CREATING,
        found.leader() == null ? 0 : found.leader().node(),
        found.leader() == null ? 0 : found.leader().report().term(),
        found.leader() == null ? 0 : found.leader().report().epoch(),
        replicas,
        plan == null ? 0 : plan.stored().id(),
        rates);
  }

  private ReplicaView replica(ChunkId id, int node, ChunkHealth.Assessment chunk, long nowNanos) {
    ReportTable.Replica replica = parts.reports().replica(id, node);
    ChunkReport report = replica == null ? null : replica.report();
    ChunkReport.Health health = report == null ? ChunkReport.Health.SOUND : report.health();
    return new ReplicaView(
        node,
        report == null ? "VOTER" : report.role().name(),
        parts.nodes().state(node, nowNanos),
        chunk.lost().contains(node),
        parts.reports().caughtUp(id, node),
        report == null ? 0 : report.appliedIndex(),
        report == null ? 0 : report.allocatedBlocks() << 16,
        health.open(),
        health.repaired(),
        health.divergent(),
        health.passes());
  }

  /** The open ones, oldest first, then those that ended, newest first. */
  List<PlanView> plans(boolean all, long nowNanos) {
    List<PlanView> views = new ArrayList<>();
    plans.open().forEach(plan -> views.add(plan(plan, nowNanos)));
    if (all) {
      plans.ended().forEach(plan -> views.add(ended(plan)));
    }
    return views;
  }

  PlanView plan(PlanTable.Plan plan, long nowNanos) {
    StoredPlan stored = plan.stored();
    PlanStep step = plan.admitted() ? plan.step : PlanStep.QUEUED;
    return view(
        stored,
        stored.cancelled() ? "CANCELLING" : stored.state().name(),
        step.text(),
        plan.percent,
        plan.refusals,
        plan.message,
        plan.attempt != null || plan.refusals == 0
            ? 0
            : Math.max(0, (plan.notBeforeNanos - nowNanos) / 1_000_000));
  }

  private static PlanView ended(StoredPlan plan) {
    int percent = plan.state() == PlanState.DONE ? 100 : 0;
    return view(plan, plan.state().name(), "", percent, 0, plan.outcome(), 0);
  }

  private static PlanView view(
      StoredPlan plan,
      String state,
      String step,
      int percent,
      int refusals,
      String message,
      long retryMillis) {
    return new PlanView(
        plan.id(),
        plan.chunk().toString(),
        plan.kind().name(),
        plan.source(),
        plan.target(),
        state,
        step,
        percent,
        refusals,
        message,
        retryMillis,
        plan.createdMillis(),
        plan.endedMillis());
  }
}
