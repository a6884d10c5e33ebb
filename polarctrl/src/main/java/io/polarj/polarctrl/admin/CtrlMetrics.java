package io.polarj.polarctrl.admin;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.polarj.polarctrl.view.ClusterView;
import io.polarj.polarctrl.view.IoView;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.polarctrl.view.NodeView;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.polarctrl.view.VolumeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The cluster as gauges, brought up to date when they are read. One reader at a time; the caller
 * sees to that.
 */
final class CtrlMetrics implements AutoCloseable {
  /** All that is measured at one moment. */
  record Snapshot(
      ClusterView cluster, List<NodeView> nodes, List<VolumeView> volumes, List<PlanView> plans) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, MultiGauge> gauges = new TreeMap<>();

  String scrape(Snapshot now) {
    cluster(now.cluster());
    nodes(now.nodes());
    volumes(now.volumes());
    plans(now.plans());
    return registry.scrape();
  }

  private void cluster(ClusterView cluster) {
    List<Row<?>> chunks = new ArrayList<>();
    chunks.add(Row.of(Tags.of("state", "healthy"), cluster.healthy()));
    chunks.add(Row.of(Tags.of("state", "degraded"), cluster.degraded()));
    chunks.add(Row.of(Tags.of("state", "under_replicated"), cluster.underReplicated()));
    chunks.add(Row.of(Tags.of("state", "unavailable"), cluster.unavailable()));
    register("polarj.ctrl.chunks", "chunks by state", chunks);
    List<Row<?>> waiting = new ArrayList<>();
    waiting.add(Row.of(Tags.of("begins", "yes"), cluster.waiting() - cluster.stuck()));
    waiting.add(Row.of(Tags.of("begins", "no"), cluster.stuck()));
    register("polarj.ctrl.moves.waiting", "replicas to be moved without a plan yet", waiting);
    register(
        "polarj.ctrl.chunks.unknown",
        "chunks that no volume of the database has",
        List.of(Row.of(Tags.empty(), cluster.unknownChunks())));
    register(
        "polarj.ctrl.leftovers",
        "replicas that are to be deleted",
        List.of(Row.of(Tags.empty(), cluster.leftovers())));
  }

  private void nodes(List<NodeView> nodes) {
    perNode(
        "polarj.node.up",
        "1 when the node is up",
        nodes,
        node -> node.state() == NodeState.UP ? 1 : 0);
    perNode(
        "polarj.node.lost",
        "1 when the node is lost",
        nodes,
        node -> node.state() == NodeState.LOST ? 1 : 0);
    perNode(
        "polarj.node.silent.seconds",
        "since its last heartbeat",
        nodes,
        node -> node.silentMillis() / 1e3);
    perNode("polarj.node.disk.bytes", "size of its disk", nodes, NodeView::totalBytes);
    perNode("polarj.node.disk.free.bytes", "free on its disk", nodes, NodeView::freeBytes);
    perNode("polarj.node.promised.bytes", "of its chunks, full", nodes, NodeView::promisedBytes);
    perNode("polarj.node.replicas", "replicas on it", nodes, NodeView::replicas);
    perNode("polarj.node.leads", "chunks it leads", nodes, NodeView::leads);
    disk(nodes);
    io("polarj.node", nodes, node -> Tags.of("node", String.valueOf(node.node())), NodeView::io);
  }

  /** What the servers say of their disks; the sums grow from each server's start. */
  private void disk(List<NodeView> nodes) {
    perNode(
        "polarj.disk.slow",
        "1 when the disk is SLOW or FAILING",
        nodes,
        node -> node.disk().equals("SLOW") || node.disk().equals("FAILING") ? 1 : 0);
    perNode(
        "polarj.disk.errors",
        "I/Os that failed",
        nodes,
        node ->
            node.metrics().readErrors()
                + node.metrics().writeErrors()
                + node.metrics().flushErrors());
    perNode(
        "polarj.disk.read.p99.seconds",
        "99 % of reads take less",
        nodes,
        node -> node.metrics().read().p99Micros() / 1e6);
    perNode(
        "polarj.disk.write.p99.seconds",
        "99 % of writes take less",
        nodes,
        node -> node.metrics().write().p99Micros() / 1e6);
    perNode(
        "polarj.disk.flush.p99.seconds",
        "99 % of flushes take less",
        nodes,
        node -> node.metrics().flush().p99Micros() / 1e6);
    perNode("polarj.disk.wal.bytes", "size of the log", nodes, node -> node.metrics().walBytes());
    perNode(
        "polarj.disk.wal.used.bytes",
        "of the log in use",
        nodes,
        node -> node.metrics().walUsedBytes());
    perNode(
        "polarj.disk.damaged.sectors",
        "found damaged",
        nodes,
        node -> node.metrics().damagedSectors());
    perNode(
        "polarj.disk.repaired.sectors",
        "repaired from other members",
        nodes,
        node -> node.metrics().repairedSectors());
    perNode(
        "polarj.disk.damage.open",
        "sectors and log entries damaged now",
        nodes,
        node -> node.metrics().openDamage());
    perNode(
        "polarj.disk.divergent.blocks",
        "that differ from a member's",
        nodes,
        node -> node.metrics().divergentBlocks());
    perNode(
        "polarj.disk.scrub.passes",
        "verifications of the whole disk",
        nodes,
        node -> node.metrics().scrubPasses());
  }

  private void perNode(
      String name, String what, List<NodeView> nodes, ToDoubleFunction<NodeView> value) {
    List<Row<?>> rows = new ArrayList<>();
    for (NodeView node : nodes) {
      Tags tags = Tags.of("node", String.valueOf(node.node()), "domain", node.failureDomain());
      rows.add(Row.of(tags, value.applyAsDouble(node)));
    }
    register(name, what, rows);
  }

  private void volumes(List<VolumeView> volumes) {
    List<Row<?>> sizes = new ArrayList<>();
    List<Row<?>> allocated = new ArrayList<>();
    List<Row<?>> unavailable = new ArrayList<>();
    for (VolumeView volume : volumes) {
      Tags tags = Tags.of("volume", volume.name());
      sizes.add(Row.of(tags, volume.sizeBytes()));
      allocated.add(Row.of(tags, volume.allocatedBytes()));
      unavailable.add(Row.of(tags, volume.unavailable()));
    }
    register("polarj.volume.bytes", "size", sizes);
    register("polarj.volume.allocated.bytes", "written at least once", allocated);
    register("polarj.volume.chunks.unavailable", "chunks without a majority", unavailable);
    io("polarj.volume", volumes, volume -> Tags.of("volume", volume.name()), VolumeView::io);
  }

  private interface TagsOf<T> {
    Tags of(T thing);
  }

  private interface IoOf<T> {
    IoView of(T thing);
  }

  private <T> void io(String prefix, List<T> things, TagsOf<T> tags, IoOf<T> io) {
    List<Row<?>> rates = new ArrayList<>();
    List<Row<?>> bytes = new ArrayList<>();
    List<Row<?>> latencies = new ArrayList<>();
    for (T thing : things) {
      IoView view = io.of(thing);
      Tags reads = tags.of(thing).and("op", "read");
      Tags writes = tags.of(thing).and("op", "write");
      rates.add(Row.of(reads, view.readsPerSecond()));
      rates.add(Row.of(writes, view.writesPerSecond()));
      bytes.add(Row.of(reads, view.readBytesPerSecond()));
      bytes.add(Row.of(writes, view.writtenBytesPerSecond()));
      latencies.add(Row.of(reads, view.readLatencyMicros() / 1e6));
      latencies.add(Row.of(writes, view.writeLatencyMicros() / 1e6));
    }
    register(prefix + ".io.rate", "requests per second", rates);
    register(prefix + ".io.bytes.rate", "bytes per second", bytes);
    register(prefix + ".io.latency.seconds", "mean latency of the last seconds", latencies);
  }

  private void plans(List<PlanView> plans) {
    TreeMap<String, Integer> byKind = new TreeMap<>();
    int refused = 0;
    for (PlanView plan : plans) {
      byKind.merge(plan.kind(), 1, Integer::sum);
      refused += plan.refusals() > 0 ? 1 : 0;
    }
    List<Row<?>> rows = new ArrayList<>();
    byKind.forEach((kind, count) -> rows.add(Row.of(Tags.of("kind", kind), count)));
    register("polarj.ctrl.plans.open", "open plans by kind", rows);
    register(
        "polarj.ctrl.plans.refused",
        "open plans whose step is refused",
        List.of(Row.of(Tags.empty(), refused)));
  }

  private void register(String name, String what, List<Row<?>> rows) {
    gauges
        .computeIfAbsent(name, key -> MultiGauge.builder(key).description(what).register(registry))
        .register(rows, true);
  }

  @Override
  public void close() {
    registry.close();
  }
}
