package io.polarj.polarctrl.state;

import io.polarj.platform.clock.Clock;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Decides which replicas to move: first what protects best, the least protected chunk before all
 * others; then what empties decommissioned nodes; then what levels the nodes. Looks once a second,
 * and makes a plan only when it can begin at once, so that the next decision is made on what is
 * true then.
 */
final class MovePlanner {
  private static final long LOOK_NANOS = 1_000_000_000L;
  private static final long FORGIVE_NANOS = 600_000_000_000L;
  private static final int MOST_REFUSED = 8;

  /** Something to be moved; target 0 is still to be chosen unless the kind is TRIM. */
  private record Need(
      PlanKind kind, ChunkHealth.Assessment chunk, int source, int learner, boolean begins) {
    ChunkId id() {
      return chunk.chunk();
    }
  }

  private static final Comparator<Need> URGENCY =
      Comparator.comparing((Need need) -> need.kind() == PlanKind.DRAIN)
          .thenComparingInt(need -> need.chunk().margin())
          .thenComparingInt(need -> need.chunk().sound().size())
          .thenComparing(Need::id);

  private final ControlParts parts;
  private final Clock clock;
  private final PlanTable plans;
  private final Mover mover;
  private final LeftoverTable leftovers;
  private final Placement placement;
  private final MoveSettings settings;
  private boolean looked;
  private long lookedNanos;
  private long forgivenNanos;
  private int waiting;
  private int stuck;
  private String message = "";

  MovePlanner(ControlParts parts, PlanTable plans, Mover mover, LeftoverTable leftovers) {
    this.parts = parts;
    this.clock = parts.clock();
    this.plans = plans;
    this.mover = mover;
    this.leftovers = leftovers;
    this.settings = parts.settings().moves();
    this.placement = new Placement(settings.sharedHosts());
  }

  /** Replicas that are to be moved and have no plan. */
  int waiting() {
    return waiting;
  }

  /** Those of them that can not be begun now. */
  int stuck() {
    return stuck;
  }

  /** Why the most urgent of these can not. */
  String message() {
    return message;
  }

  void tick(long nowNanos) {
    if (looked && nowNanos - lookedNanos < LOOK_NANOS) {
      return;
    }
    if (!looked || nowNanos - forgivenNanos >= FORGIVE_NANOS) {
      forgivenNanos = nowNanos;
      mover.forgive();
    }
    looked = true;
    lookedNanos = nowNanos;
    List<ChunkHealth.Assessment> chunks = new ArrayList<>();
    List<Need> needs = new ArrayList<>();
    for (ChunkId id : parts.volumes().chunksMade()) {
      ChunkHealth.Assessment chunk = parts.volumes().assess(id, nowNanos);
      chunks.add(chunk);
      if (plans.of(id) == null) {
        need(chunk, needs);
        leftovers.look(chunk, nowNanos);
      } else {
        leftovers.overlook(id);
      }
    }
    needs.sort(URGENCY);
    int free = free();
    stuck = 0;
    message = "";
    int begun = 0;
    for (Need need : needs) {
      String why = begun < free ? begin(need, nowNanos) : possible(need);
      if (why == null) {
        begun += begun < free ? 1 : 0;
      } else {
        stuck++;
        message = message.isEmpty() ? "chunk " + need.id() + ": " + why : message;
      }
    }
    waiting = needs.size() - begun;
    boolean quiet = needs.isEmpty() && plans.open().isEmpty();
    if (settings.rebalance() && quiet && free > 0) {
      rebalance(chunks, nowNanos);
    }
  }

  private int free() {
    int working = 0;
    int refused = 0;
    for (PlanTable.Plan plan : plans.open()) {
      working += plan.admitted() ? 1 : 0;
      refused += plan.admitted() ? 0 : 1;
    }
    return refused >= MOST_REFUSED ? 0 : plans.most() - working;
  }

  private void need(ChunkHealth.Assessment chunk, List<Need> needs) {
    boolean begins = chunk.changeable();
    int orphan = chunk.learners().isEmpty() ? 0 : chunk.learners().getFirst();
    if (!chunk.lost().isEmpty()) {
      boolean surplus = chunk.voters().size() > chunk.wanted();
      PlanKind kind = surplus ? PlanKind.TRIM : PlanKind.REPAIR;
      needs.add(new Need(kind, chunk, chunk.lost().getFirst(), 0, begins));
    } else if (orphan != 0) {
      needs.add(new Need(PlanKind.TRIM, chunk, 0, orphan, begins));
    } else if (chunk.voters().size() < chunk.wanted()) {
      needs.add(new Need(PlanKind.REPAIR, chunk, 0, 0, begins));
    } else {
      int draining = draining(chunk);
      if (chunk.voters().size() > chunk.wanted()) {
        int surplus = draining != 0 ? draining : fullest(chunk.voters());
        needs.add(new Need(PlanKind.TRIM, chunk, surplus, 0, begins));
      } else if (draining != 0) {
        needs.add(new Need(PlanKind.DRAIN, chunk, draining, 0, begins));
      }
    }
  }

  private int draining(ChunkHealth.Assessment chunk) {
    for (int node : chunk.voters()) {
      if (parts.nodes().admin(node) == NodeAdmin.DRAINING) {
        return node;
      }
    }
    return 0;
  }

  private int fullest(List<Integer> voters) {
    TreeMap<Integer, Long> promised = parts.volumes().promisedBytes();
    return voters.stream()
        .max(Comparator.comparingLong(node -> promised.getOrDefault(node, 0L)))
        .orElseThrow();
  }

  private String possible(Need need) {
    if (!need.begins()) {
      return need.chunk().leader() == null
          ? "it has no leader; start the ChunkServers that hold it"
          : "no majority of its replicas is sound";
    }
    return null;
  }

  /** Why it can not be begun, or null when it was. */
  private String begin(Need need, long nowNanos) {
    String why = possible(need);
    if (why != null) {
      return why;
    }
    if (need.kind() == PlanKind.TRIM) {
      boolean orphan = need.learner() != 0;
      plans.create(
          need.id(), PlanKind.TRIM, need.source(), need.learner(), orphan, clock.wallMillis());
      return null;
    }
    int target = target(need.chunk(), need.source(), nowNanos);
    if (target == 0) {
      return "no other ChunkServer "
          + (settings.sharedHosts() ? "" : "on another host ")
          + "is up and has room for a replica";
    }
    plans.create(need.id(), need.kind(), need.source(), target, false, clock.wallMillis());
    return null;
  }

  /** Where a replica of the chunk may go when the source is left, 0 for nowhere. */
  int target(ChunkHealth.Assessment chunk, int source, long nowNanos) {
    TreeMap<Integer, Long> promised = parts.volumes().promisedBytes();
    List<Placement.Candidate> fitting =
        fitting(chunk, parts.nodes().candidates(promised, nowNanos));
    Placement.Candidate best =
        placement.best(fitting, chunk.voters(), domains(chunk.voters(), source));
    return best == null ? 0 : best.node();
  }

  private List<FailureDomain> domains(List<Integer> voters, int without) {
    return voters.stream()
        .filter(node ->
            node != without && parts.nodes().state(node, clock.nanoTime()) != NodeState.LOST)
        .map(node -> parts.nodes().domain(node))
        .toList();
  }

  private List<Placement.Candidate> fitting(
      ChunkHealth.Assessment chunk, List<Placement.Candidate> candidates) {
    return candidates.stream().filter(candidate -> fits(chunk, candidate)).toList();
  }

  /** Whether the node may take the chunk as far as its room and its past with it go. */
  private boolean fits(ChunkHealth.Assessment chunk, Placement.Candidate candidate) {
    int node = candidate.node();
    long needed = chunk.leader().report().allocatedBlocks() << 16;
    long reserve = candidate.totalBytes() / 100 * settings.reservePercent();
    return !leftovers.has(chunk.chunk(), node)
        && !mover.unwilling(chunk.chunk(), node)
        && parts.reports().replica(chunk.chunk(), node) == null
        && candidate.freeBytes() - coming(node) - reserve >= needed;
  }

  /** Bytes that plans are still to bring to a node. */
  private long coming(int node) {
    long bytes = 0;
    for (PlanTable.Plan plan : plans.open()) {
      ReportTable.Leader leader = parts.reports().leader(plan.stored().chunk());
      if (plan.stored().target() == node && leader != null) {
        bytes += (leader.report().allocatedBlocks() << 16) * (100 - plan.percent) / 100;
      }
    }
    return bytes;
  }

  /** Null when the move may be made; the caller has checked that there is no open plan. */
  String wrongWith(ChunkHealth.Assessment chunk, int source, int target, long nowNanos) {
    if (!chunk.changeable()) {
      return "the chunk has no leader or no majority now";
    }
    if (!chunk.voters().contains(source)) {
      return "node " + source + " has no voting replica; the voters are " + chunk.voters();
    }
    if (chunk.voters().contains(target)) {
      return "node " + target + " has a replica already";
    }
    Placement.Candidate found = null;
    TreeMap<Integer, Long> promised = parts.volumes().promisedBytes();
    for (Placement.Candidate candidate : parts.nodes().candidates(promised, nowNanos)) {
      found = candidate.node() == target ? candidate : found;
    }
    if (found == null) {
      return "node " + target + " is not up, not in service, or its disk is not healthy";
    }
    if (!fits(chunk, found)) {
      return "node " + target + " has no room, or still an old replica of the chunk";
    }
    if (placement.best(List.of(found), List.of(), domains(chunk.voters(), source)) == null) {
      return "another replica is on the same host as node "
          + target
          + " (the setting ctrl.shared.hosts allows that)";
    }
    return null;
  }

  /** One replica from a node that has more than its share to one that has less. */
  private void rebalance(List<ChunkHealth.Assessment> chunks, long nowNanos) {
    List<Placement.Candidate> nodes =
        new ArrayList<>(parts.nodes().candidates(parts.volumes().promisedBytes(), nowNanos));
    nodes.sort(
        Comparator.comparingDouble(Placement.Candidate::load)
            .thenComparingInt(Placement.Candidate::node));
    for (int high = nodes.size() - 1; high > 0; high--) {
      for (int low = 0; low < high; low++) {
        if (levels(chunks, nodes.get(high), nodes.get(low))) {
          return;
        }
      }
    }
  }

  private boolean levels(
      List<ChunkHealth.Assessment> chunks, Placement.Candidate from, Placement.Candidate to) {
    ChunkHealth.Assessment best = null;
    for (ChunkHealth.Assessment chunk : chunks) {
      long bytes = parts.volumes().find(chunk.chunk().volume()).info.chunkBytes();
      boolean pays = to.with(bytes).load() <= from.with(-bytes).load();
      boolean may =
          pays
              && chunk.changeable()
              && chunk.sound().size() == chunk.voters().size()
              && chunk.voters().contains(from.node())
              && !chunk.voters().contains(to.node())
              && fits(chunk, to)
              && placement.best(List.of(to), List.of(), domains(chunk.voters(), from.node()))
                  != null
              && !crowdsRack(chunk, from, to);
      boolean better =
          may
              && (best == null
                  || (best.leader().node() == from.node() && chunk.leader().node() != from.node()));
      best = better ? chunk : best;
    }
    if (best == null) {
      return false;
    }
    plans.create(
        best.chunk(), PlanKind.REBALANCE, from.node(), to.node(), false, clock.wallMillis());
    return true;
  }

  /** Levelling never puts two replicas in one rack that are not in one now. */
  private boolean crowdsRack(
      ChunkHealth.Assessment chunk, Placement.Candidate from, Placement.Candidate to) {
    if (from.domain().rack().equals(to.domain().rack())) {
      return false;
    }
    return domains(chunk.voters(), from.node()).stream()
        .anyMatch(domain -> domain.rack().equals(to.domain().rack()));
  }
}
