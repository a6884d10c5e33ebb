// What PolarCtrl says of the cluster: whether all chunks are whole, who leads, what scrubbing
// found.
package io.polarj.server.trial;

import com.fasterxml.jackson.databind.JsonNode;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.StartException;
import io.polarj.server.ctl.CtlClient;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the admin API. PolarCtrl may be down: then nothing is known, which is not an error. */
final class ClusterState implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterState.class);
  private final CtlClient client;

  ClusterState(ClusterIdentity cluster) {
    client = new CtlClient(cluster.host() + ":" + cluster.adminPort());
  }

  /** Whether every chunk has all its replicas on live nodes and nothing is being moved. */
  boolean whole() {
    JsonNode now = ask("/v1/cluster");
    return now != null
        && now.path("chunks").asInt() > 0
        && now.path("healthy").asInt() == now.path("chunks").asInt()
        && now.path("up").asInt() == now.path("nodes").asInt()
        && now.path("openPlans").asInt() == 0
        && now.path("waiting").asInt() == 0;
  }

  /** Whether PolarCtrl has seen that replicas are lost. */
  boolean repairing() {
    JsonNode now = ask("/v1/cluster");
    return now != null
        && now.path("underReplicated").asInt()
                + now.path("openPlans").asInt()
                + now.path("waiting").asInt()
            > 0;
  }

  /** Repairs and moves under way, 0 when unknown. */
  int plans() {
    JsonNode now = ask("/v1/cluster");
    return now == null ? 0 : now.path("openPlans").asInt();
  }

  /** In words, for the report of a trial that waited in vain. */
  String describe() {
    return String.valueOf(ask("/v1/cluster"));
  }

  /** How many chunks each node leads; empty when unknown. */
  Map<Integer, Integer> leads() {
    return perNode(node -> node.path("leads").asInt());
  }

  /** How many replicas each node is to have; empty when unknown. */
  Map<Integer, Integer> replicas() {
    return perNode(node -> node.path("replicas").asInt());
  }

  /** Passes of background verification since each node's start. */
  Map<Integer, Integer> scrubPasses() {
    return perNode(node -> node.path("metrics").path("scrubPasses").asInt());
  }

  /** Blocks that differ between replicas, and sectors that are damaged now. */
  Map<Integer, Integer> wrongBlocks() {
    return perNode(node ->
        node.path("metrics").path("divergentBlocks").asInt()
            + node.path("metrics").path("openDamage").asInt());
  }

  /** Replicas that have not applied what their leader has applied; -1 when unknown. */
  int behind() {
    JsonNode chunks = ask("/v1/chunks");
    if (chunks == null) {
      return -1;
    }
    int behind = 0;
    for (JsonNode chunk : chunks) {
      for (JsonNode replica : chunk.path("replicas")) {
        behind += replica.path("caughtUp").asBoolean() ? 0 : 1;
      }
    }
    return behind;
  }

  private interface Figure {
    int of(JsonNode node);
  }

  private Map<Integer, Integer> perNode(Figure figure) {
    TreeMap<Integer, Integer> figures = new TreeMap<>();
    JsonNode nodes = ask("/v1/nodes");
    if (nodes != null) {
      nodes.forEach(node -> figures.put(node.path("node").asInt(), figure.of(node)));
    }
    return figures;
  }

  private JsonNode ask(String path) {
    try {
      return client.get(path);
    } catch (StartException e) {
      LOG.debug("no answer from PolarCtrl", e);
      return null;
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
