package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polarj ctl}: nodes, volumes, chunks and plans of the control plane, and orders to it. */
@Command(
    name = "ctl",
    mixinStandardHelpOptions = true,
    description = "Look at the control plane and tell it what to do.",
    subcommands = {
      CtlCommand.Summary.class,
      CtlCommand.Nodes.class,
      CtlCommand.Volumes.class,
      CtlCommand.Chunks.class,
      CtlCommand.Plans.class,
      CtlCommand.Decommission.class,
      CtlCommand.Recommission.class,
      CtlCommand.Lost.class,
      CtlCommand.Move.class,
      CtlCommand.Cancel.class,
      CtlRecover.class,
      CtlSnapshot.class,
      CtlCommand.Metrics.class
    })
public final class CtlCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** What all of them have: where PolarCtrl is, and how to print. */
  abstract static class Base implements Callable<Integer> {
    @Mixin CtlTarget target;

    @Override
    public Integer call() {
      try (CtlClient ctrl = target.open()) {
        return run(ctrl, new CtlScreen(System.out, target.json()));
      }
    }

    abstract int run(CtlClient ctrl, CtlScreen screen);
  }

  /** The cluster in a few lines. */
  @Command(
      name = "summary",
      mixinStandardHelpOptions = true,
      description = "How well the cluster is; exit code 1 when chunks are not healthy.")
  static final class Summary extends Base {
    @Option(names = "--watch", description = "Go on until every chunk is healthy.")
    private boolean watch;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      JsonNode answer =
          screen.watch(() -> ctrl.get("/v1/cluster"), CtlViews::cluster, c -> !watch || healthy(c));
      return healthy(answer) ? 0 : 1;
    }

    private static boolean healthy(JsonNode cluster) {
      return cluster.path("healthy").asInt() == cluster.path("chunks").asInt()
          && cluster.path("unknownChunks").asInt() == 0;
    }
  }

  /** A list, shown once or again and again. */
  abstract static class Listing extends Base {
    @Option(names = "--watch", description = "Go on until interrupted.")
    private boolean watch;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.watch(() -> ctrl.get(path()), this::text, answer -> !watch);
      return 0;
    }

    abstract String path();

    abstract String text(JsonNode answer);
  }

  /** The ChunkServers. */
  @Command(
      name = "nodes",
      mixinStandardHelpOptions = true,
      description = "The ChunkServers: state, place, room, load.")
  static final class Nodes extends Listing {
    @Override
    String path() {
      return "/v1/nodes";
    }

    @Override
    String text(JsonNode answer) {
      return CtlViews.nodes(answer);
    }
  }

  /** The volumes. */
  @Command(
      name = "volumes",
      mixinStandardHelpOptions = true,
      description = "The volumes: size, health, writer, I/O.")
  static final class Volumes extends Listing {
    @Override
    String path() {
      return "/v1/volumes";
    }

    @Override
    String text(JsonNode answer) {
      return CtlViews.volumes(answer);
    }
  }

  /** The chunks. */
  @Command(
      name = "chunks",
      mixinStandardHelpOptions = true,
      description = "The chunks: health, leader, replicas, I/O.")
  static final class Chunks extends Listing {
    @Parameters(arity = "0..1", defaultValue = "", description = "Name of a volume (default: all).")
    private String volume;

    @Override
    String path() {
      return volume.isEmpty()
          ? "/v1/chunks"
          : "/v1/chunks?volume=" + URLEncoder.encode(volume, StandardCharsets.UTF_8);
    }

    @Override
    String text(JsonNode answer) {
      return CtlViews.chunks(answer);
    }
  }

  /** The plans. */
  @Command(
      name = "plans",
      mixinStandardHelpOptions = true,
      description = "The plans to repair and move replicas, with their progress.")
  static final class Plans extends Base {
    @Option(names = "--all", description = "Also those that ended lately.")
    private boolean all;

    @Option(names = "--watch", description = "Go on until there is nothing more to do.")
    private boolean watch;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.watch(
          () -> ctrl.get(all ? "/v1/plans?all=true" : "/v1/plans"),
          CtlViews::plans,
          plans -> !watch || idle(ctrl));
      return 0;
    }

    private static boolean idle(CtlClient ctrl) {
      JsonNode cluster = ctrl.get("/v1/cluster");
      return cluster.path("openPlans").asInt() == 0
          && cluster.path("waiting").asInt() == cluster.path("stuck").asInt();
    }
  }

  /** Orders about a node. */
  abstract static class NodeOrder extends Base {
    @Parameters(paramLabel = "NODE", description = "Number of the ChunkServer.")
    int node;

    JsonNode order(CtlClient ctrl, String what, Map<String, ?> body) {
      return ctrl.post("/v1/nodes/" + node + "/" + what, body);
    }

    JsonNode self(JsonNode nodes) {
      for (JsonNode found : nodes) {
        if (found.path("node").asInt() == node) {
          return found;
        }
      }
      return CtlClient.JSON.createObjectNode();
    }
  }

  /** Moves everything off a node. */
  @Command(
      name = "decommission",
      mixinStandardHelpOptions = true,
      description = "Move all replicas off a ChunkServer; it gets no new ones.")
  static final class Decommission extends NodeOrder {
    @Option(names = "--watch", description = "Wait until it is empty.")
    private boolean watch;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      JsonNode nodes = order(ctrl, "decommission", Map.of());
      if (watch) {
        screen.watch(() -> ctrl.get("/v1/nodes"), this::progress, n -> left(n) == 0);
      } else {
        screen.show(nodes, this::progress);
      }
      return 0;
    }

    private int left(JsonNode nodes) {
      JsonNode self = self(nodes);
      return self.path("replicas").asInt() + self.path("leftovers").asInt();
    }

    private String progress(JsonNode nodes) {
      JsonNode self = self(nodes);
      int left = self.path("replicas").asInt();
      return "node "
          + node
          + " "
          + TextTable.bar(CtlViews.drained(self.path("drainTotal").asInt(), left))
          + ", "
          + left
          + " replicas left\n";
    }
  }

  /** Takes back what was decided about a node. */
  @Command(
      name = "recommission",
      mixinStandardHelpOptions = true,
      description = "Use a ChunkServer again that was decommissioned or called lost.")
  static final class Recommission extends NodeOrder {
    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.show(order(ctrl, "recommission", Map.of()), CtlViews::nodes);
      return 0;
    }
  }

  /** A node that will not come back. */
  @Command(
      name = "lost",
      mixinStandardHelpOptions = true,
      description = "A ChunkServer is gone for good: make its replicas anew elsewhere, now.")
  static final class Lost extends NodeOrder {
    @Option(names = "--force", description = "Although it is up.")
    private boolean force;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.show(order(ctrl, "lost", Map.of("force", force)), CtlViews::nodes);
      return 0;
    }
  }

  /** Moves one replica. */
  @Command(
      name = "move",
      mixinStandardHelpOptions = true,
      description = "Move a chunk's replica from one ChunkServer to another.")
  static final class Move extends Base {
    @Parameters(
        index = "0",
        paramLabel = "CHUNK",
        description = "As `polarj ctl chunks` calls it, like 1.0.")
    private String chunk;

    @Parameters(index = "1", paramLabel = "FROM", description = "The node that has the replica.")
    private int from;

    @Parameters(
        index = "2",
        paramLabel = "TO",
        arity = "0..1",
        defaultValue = "0",
        description = "The node that is to have it (default: the best one).")
    private int to;

    @Option(names = "--watch", description = "Wait until it is moved; exit code 1 if it was not.")
    private boolean watch;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      JsonNode plan = ctrl.post("/v1/plans", Map.of("chunk", chunk, "from", from, "to", to));
      if (!watch) {
        screen.show(plan, p -> CtlViews.plans(CtlClient.JSON.createArrayNode().add(p)));
        return 0;
      }
      long id = plan.path("id").asLong();
      JsonNode last =
          screen.watch(
              () -> CtlClient.JSON.createArrayNode().add(find(ctrl, id)),
              CtlViews::plans,
              plans -> plans.path(0).path("endedMillis").asLong() > 0);
      return last.path(0).path("state").asText().equals("DONE") ? 0 : 1;
    }

    private static JsonNode find(CtlClient ctrl, long id) {
      for (JsonNode plan : ctrl.get("/v1/plans?all=true")) {
        if (plan.path("id").asLong() == id) {
          return plan;
        }
      }
      return CtlClient.JSON.createObjectNode().put("id", id).put("endedMillis", 1);
    }
  }

  /** Undoes a plan. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Undo a plan; possible until its new replica votes.")
  static final class Cancel extends Base {
    @Parameters(paramLabel = "PLAN", description = "Number of the plan.")
    private long plan;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.show(
          ctrl.post("/v1/plans/" + plan + "/cancel", Map.of()),
          p -> CtlViews.plans(CtlClient.JSON.createArrayNode().add(p)));
      return 0;
    }
  }

  /** The metrics. */
  @Command(
      name = "metrics",
      mixinStandardHelpOptions = true,
      description = "The metrics as Prometheus reads them.")
  static final class Metrics extends Base {
    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      System.out.print(ctrl.text("/metrics"));
      System.out.flush();
      return 0;
    }
  }
}
