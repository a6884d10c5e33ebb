package io.polarj.polarctrl.state;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.net.Address;
import io.polarj.polarctrl.state.PlanTable.Attempt;
import io.polarj.polarctrl.state.PlanTable.Plan;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.storage.protocol.ChangeMembers;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries plans out, each step by the request that {@link PlanStep} asks for. A request stays the
 * plan's only one until it is answered or reports show that it was done: so there is never a second
 * membership change of a chunk under way. A refusal is shown and repeated after a pause that grows.
 */
final class Mover {
  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

  /** Until a request without an answer is sent again. */
  private static final long ANSWER_NANOS = 5_000_000_000L;

  /** Refusals by a target after which another one is looked for. */
  private static final int PATIENCE = 5;

  private final PlanTable plans;
  private final VolumeTable volumes;
  private final NodeTable nodes;
  private final ReportTable reports;
  private final ChunkHealth health;
  private final LeftoverTable leftovers;
  private final ControlCalls calls;
  private final BiConsumer<Address, StorageMessage> send;
  private final Clock clock;
  private final MoveSettings settings;
  private final TreeMap<Long, Plan> asked = new TreeMap<>();
  private final TreeMap<ChunkId, TreeSet<Integer>> unwilling = new TreeMap<>();

  Mover(
      ControlParts parts,
      PlanTable plans,
      LeftoverTable leftovers,
      BiConsumer<Address, StorageMessage> send) {
    this.plans = plans;
    this.volumes = parts.volumes();
    this.nodes = parts.nodes();
    this.reports = parts.reports();
    this.health = parts.health();
    this.leftovers = leftovers;
    this.calls = parts.calls();
    this.send = send;
    this.clock = parts.clock();
    this.settings = parts.settings().moves();
  }

  void tick(long nowNanos) {
    for (Plan plan : new ArrayList<>(plans.admit(nowNanos))) {
      try {
        work(plan, nowNanos);
      } catch (StoreException e) {
        LOG.error("plan {} stands still", plan.stored().id(), e);
        refused(plan, e.getMessage(), nowNanos);
      }
    }
  }

  /** The chunk's leader or members changed: its plan need not wait any longer to look. */
  void changed(ChunkId chunk, long nowNanos) {
    Plan plan = plans.of(chunk);
    if (plan != null && plan.refusals == 0) {
      plan.notBeforeNanos = nowNanos;
    }
  }

  /** Nodes that refused to take this chunk, not to be asked again until {@link #forgive}. */
  boolean unwilling(ChunkId chunk, int node) {
    TreeSet<Integer> ofChunk = unwilling.get(chunk);
    return ofChunk != null && ofChunk.contains(node);
  }

  /** All nodes may be asked again; called now and then. */
  void forgive() {
    unwilling.clear();
  }

  /** Says why not, or null when the plan is being undone. */
  String cancel(Plan plan, String why) {
    ReportTable.Leader leader = reports.leader(plan.stored().chunk());
    int target = plan.stored().target();
    boolean votes =
        target == 0
            ? plan.step == PlanStep.REMOVE
            : leader != null && leader.report().voters().contains(target);
    if (votes || plan.step == PlanStep.REMOVE) {
      return "node "
          + target
          + " votes already: the plan can only be ended; move the replica back afterwards";
    }
    if (!plan.stored().cancelled()) {
      plans.update(plan, plan.stored().cancel(why));
      plan.refusals = 0;
      plan.notBeforeNanos = clock.nanoTime();
    }
    return null;
  }

  private void work(Plan plan, long nowNanos) {
    StoredPlan stored = plan.stored();
    ChunkHealth.Assessment chunk = volumes.assess(stored.chunk(), nowNanos);
    int worse = worseThanSource(plan, chunk);
    if (worse != 0) {
      end(plan, PlanState.DONE, "node " + worse + " was lost, and goes instead", chunk, 0);
      return;
    }
    cancelIfPointless(plan, chunk, nowNanos);
    stored = plan.stored();
    plan.step = PlanStep.next(stored, situation(plan, chunk, nowNanos));
    plan.percent = percent(stored, chunk);
    if (plan.attempt != null && !settled(plan, chunk)) {
      if (nowNanos - plan.attempt.dueNanos() >= 0) {
        repeat(plan, chunk, nowNanos);
      }
      return;
    }
    if (nowNanos - plan.notBeforeNanos < 0) {
      return;
    }
    switch (plan.step) {
      case FINISH -> finish(plan, chunk);
      case ABANDON -> abandon(plan);
      case CREATE -> begin(plan, null, null, 0, stored.target(), nowNanos);
      case ADD_LEARNER ->
          change(plan, chunk, chunk.voters(), with(chunk.learners(), stored.target()), nowNanos);
      case PROMOTE ->
          change(
              plan,
              chunk,
              with(chunk.voters(), stored.target()),
              without(chunk.learners(), stored.target()),
              nowNanos);
      case REMOVE ->
          change(plan, chunk, without(chunk.voters(), stored.source()), chunk.learners(), nowNanos);
      case DROP_LEARNER ->
          change(plan, chunk, chunk.voters(), without(chunk.learners(), stored.target()), nowNanos);
      default -> {
        // it waits for a report
      }
    }
  }

  private PlanStep.Situation situation(Plan plan, ChunkHealth.Assessment chunk, long nowNanos) {
    StoredPlan stored = plan.stored();
    ReportTable.Replica made = reports.replica(stored.chunk(), stored.target());
    boolean targetMade = plan.made || (made != null && made.report().generation() == stored.id());
    List<Integer> others = without(chunk.sound(), stored.source());
    return new PlanStep.Situation(
        chunk.leader() != null,
        chunk.voters(),
        chunk.learners(),
        others.size(),
        chunk.sound().contains(stored.source()),
        nodes.up(stored.target(), nowNanos),
        targetMade,
        health.sound(stored.chunk(), stored.target(), nowNanos)
            && reports.caughtUp(stored.chunk(), stored.target()));
  }

  /**
   * A voter that has to go before the source, when only the removal is left to do: the target if it
   * is lost, or any other that is lost while the source is not. 0 when there is none. It goes by a
   * plan of its own.
   */
  private static int worseThanSource(Plan plan, ChunkHealth.Assessment chunk) {
    StoredPlan stored = plan.stored();
    boolean removalLeft =
        chunk.leader() != null
            && plan.attempt == null
            && chunk.voters().contains(stored.source())
            && (stored.target() == 0 || chunk.voters().contains(stored.target()));
    if (!removalLeft || chunk.lost().isEmpty()) {
      return 0;
    }
    if (chunk.lost().contains(stored.target())) {
      return stored.target();
    }
    return chunk.lost().contains(stored.source()) ? 0 : chunk.lost().getFirst();
  }

  /** What makes a plan superfluous, as long as it can be undone. */
  private void cancelIfPointless(Plan plan, ChunkHealth.Assessment chunk, long nowNanos) {
    StoredPlan stored = plan.stored();
    int target = stored.target();
    if (chunk.leader() == null) {
      return;
    }
    if (target != 0 && chunk.voters().contains(target)) {
      if (stored.cancelled()) {
        plans.update(plan, stored.uncancel());
      }
      return;
    }
    if (stored.cancelled()) {
      return;
    }
    String why = null;
    if (target != 0 && nodes.state(target, nowNanos) == NodeState.LOST) {
      why = "node " + target + " is lost";
    } else if (target != 0 && nodes.admin(target) == NodeAdmin.DRAINING) {
      why = "node " + target + " is decommissioned";
    } else if (chunk.learners().contains(target) && health.lost(stored.chunk(), target, nowNanos)) {
      why = "node " + target + " has lost the new replica";
    } else if (stored.kind() == PlanKind.REPAIR
        && stored.source() != 0
        && chunk.sound().contains(stored.source())
        && !chunk.lost().contains(stored.source())) {
      why = "node " + stored.source() + " is back";
    } else if (stored.kind() == PlanKind.DRAIN
        && nodes.admin(stored.source()) == NodeAdmin.IN_SERVICE) {
      why = "node " + stored.source() + " is in service again";
    }
    if (why != null && (plan.attempt == null || plan.attempt.step() != PlanStep.PROMOTE)) {
      LOG.info("plan {} for chunk {} is undone: {}", stored.id(), stored.chunk(), why);
      plans.update(plan, stored.cancel(why));
      plan.refusals = 0;
      plan.notBeforeNanos = nowNanos;
    }
  }

  private void change(
      Plan plan,
      ChunkHealth.Assessment chunk,
      List<Integer> voters,
      List<Integer> learners,
      long nowNanos) {
    long basis = chunk.leader().report().configIndex();
    begin(plan, voters, learners, basis, chunk.leader().node(), nowNanos);
  }

  private void begin(
      Plan plan,
      List<Integer> voters,
      List<Integer> learners,
      long basis,
      int node,
      long nowNanos) {
    long id = calls.newId();
    plan.attempt =
        new Attempt(id, plan.step, voters, learners, basis, node, nowNanos + ANSWER_NANOS);
    asked.put(id, plan);
    transmit(plan);
  }

  private void repeat(Plan plan, ChunkHealth.Assessment chunk, long nowNanos) {
    Attempt attempt = plan.attempt;
    boolean toLeader = attempt.voters() != null;
    int node = toLeader && chunk.leader() != null ? chunk.leader().node() : attempt.node();
    plan.attempt = attempt.again(node, nowNanos + ANSWER_NANOS);
    transmit(plan);
  }

  private void transmit(Plan plan) {
    Attempt attempt = plan.attempt;
    Address address = nodes.address(attempt.node());
    if (address == null) {
      return;
    }
    StoredPlan stored = plan.stored();
    if (attempt.voters() == null) {
      Volume volume = volumes.find(stored.chunk().volume());
      send.accept(
          address,
          new CreateChunk(
              attempt.requestId(),
              stored.chunk(),
              volume.info.chunkBytes(),
              volume.info.epoch(),
              List.of(),
              new VolumeLabel(volume.info.name(), volume.info.replicas()),
              stored.id()));
    } else {
      send.accept(
          address,
          new ChangeMembers(
              attempt.requestId(),
              stored.chunk(),
              nodes.members(attempt.voters()),
              nodes.members(attempt.learners()),
              attempt.basis()));
    }
  }

  /** Whether the request under way needs no answer any more, because reports tell its end. */
  private boolean settled(Plan plan, ChunkHealth.Assessment chunk) {
    Attempt attempt = plan.attempt;
    boolean done;
    if (attempt.voters() == null) {
      done = plan.step != PlanStep.CREATE;
    } else {
      done =
          chunk.leader() != null
              && (chunk.leader().report().configIndex() > attempt.basis()
                  || (sameNodes(chunk.voters(), attempt.voters())
                      && sameNodes(chunk.learners(), attempt.learners())));
    }
    if (done) {
      answered(plan);
    }
    return done;
  }

  private void answered(Plan plan) {
    asked.remove(plan.attempt.requestId());
    plan.attempt = null;
    plan.refusals = 0;
    plan.message = "";
    plan.notBeforeNanos = clock.nanoTime();
  }

  /** False when the answer is not for a plan. */
  boolean replied(ControlReply reply, long nowNanos) {
    Plan plan = asked.get(reply.requestId());
    if (plan == null) {
      return false;
    }
    boolean ours =
        plan.attempt != null
            && plan.attempt.requestId() == reply.requestId()
            && plan.stored().chunk().equals(reply.chunk());
    if (!ours) {
      return true;
    }
    Attempt attempt = plan.attempt;
    switch (reply.status()) {
      case OK -> {
        answered(plan);
        plan.made |= attempt.step() == PlanStep.CREATE;
        // The report that shows it clears this; should none come, the step is asked for again.
        plan.notBeforeNanos = attempt.voters() == null ? nowNanos : nowNanos + ANSWER_NANOS;
      }
      case IN_DOUBT ->
          plan.attempt =
              attempt.again(attempt.node(), nowNanos + settings.stepRetryMillis() * 1_000_000L);
      default -> {
        asked.remove(attempt.requestId());
        plan.attempt = null;
        String text = "node " + reply.node() + " answers " + reply.status();
        refused(plan, reply.message().isEmpty() ? text : text + ": " + reply.message(), nowNanos);
        giveUpTarget(plan, attempt, reply.status());
      }
    }
    return true;
  }

  private void refused(Plan plan, String message, long nowNanos) {
    plan.refusals++;
    plan.message = message;
    long pause =
        Math.min(
            (long) settings.stepRetryMillis() << Math.min(plan.refusals - 1, 20),
            settings.longestRetryMillis());
    plan.notBeforeNanos = nowNanos + pause * 1_000_000L;
    if (plan.refusals == 1) {
      LOG.warn(
          "plan {} for chunk {}, {}: {}",
          plan.stored().id(),
          plan.stored().chunk(),
          plan.step.text(),
          message);
    }
  }

  /** A target that does not take the chunk is left; a plan that can not begin leaves its slot. */
  private void giveUpTarget(Plan plan, Attempt attempt, Status status) {
    if (plan.refusals < PATIENCE || plan.stored().cancelled()) {
      return;
    }
    boolean automatic = plan.stored().kind() != PlanKind.OPERATOR;
    if (attempt.step() == PlanStep.CREATE && automatic && status != Status.ERROR) {
      ChunkId chunk = plan.stored().chunk();
      unwilling.computeIfAbsent(chunk, id -> new TreeSet<>()).add(plan.stored().target());
      plans.update(plan, plan.stored().cancel(plan.message));
    } else if (attempt.step() == PlanStep.CREATE || attempt.step() == PlanStep.ADD_LEARNER) {
      plans.release(plan);
    }
  }

  private void finish(Plan plan, ChunkHealth.Assessment chunk) {
    StoredPlan stored = plan.stored();
    end(plan, PlanState.DONE, "", chunk, stored.source());
    LOG.info(
        "chunk {}: {} from {} to {} is done",
        stored.chunk(),
        stored.kind(),
        stored.source(),
        stored.target());
  }

  private void end(Plan plan, PlanState state, String how, ChunkHealth.Assessment chunk, int gone) {
    StoredPlan stored = plan.stored();
    List<Integer> placed = volumes.placed(stored.chunk(), chunk.voters());
    StoreChange change = new StoreChange().placement(new StoredChunk(stored.chunk(), placed));
    Leftover leftover = gone == 0 ? null : new Leftover(stored.chunk(), gone, stored.id());
    if (leftover != null) {
      change.leftover(leftover);
    }
    plans.end(plan, stored.ended(state, clock.wallMillis(), how), change);
    volumes.place(stored.chunk(), placed);
    if (leftover != null) {
      leftovers.add(leftover);
    }
    forget(plan);
  }

  private void abandon(Plan plan) {
    StoredPlan stored = plan.stored();
    StoreChange change = new StoreChange();
    Leftover leftover = null;
    if (stored.target() != 0) {
      leftover = new Leftover(stored.chunk(), stored.target(), stored.id());
      change.leftover(leftover);
    }
    plans.end(
        plan, stored.ended(PlanState.CANCELLED, clock.wallMillis(), stored.outcome()), change);
    if (leftover != null) {
      leftovers.add(leftover);
    }
    forget(plan);
  }

  private void forget(Plan plan) {
    if (plan.attempt != null) {
      asked.remove(plan.attempt.requestId());
      plan.attempt = null;
    }
  }

  private int percent(StoredPlan stored, ChunkHealth.Assessment chunk) {
    if (chunk.voters().contains(stored.target())) {
      return 100;
    }
    ReportTable.Replica made = reports.replica(stored.chunk(), stored.target());
    if (chunk.leader() == null || made == null) {
      return 0;
    }
    if (reports.caughtUp(stored.chunk(), stored.target())) {
      return 100;
    }
    long all = Math.max(1, chunk.leader().report().allocatedBlocks());
    return (int) Math.min(99, 100 * made.report().allocatedBlocks() / all);
  }

  private static boolean sameNodes(List<Integer> some, List<Integer> others) {
    return new TreeSet<>(some).equals(new TreeSet<>(others));
  }

  private static List<Integer> with(List<Integer> nodes, int node) {
    List<Integer> more = new ArrayList<>(nodes);
    if (!more.contains(node)) {
      more.add(node);
    }
    return more;
  }

  private static List<Integer> without(List<Integer> nodes, int node) {
    return nodes.stream().filter(other -> other != node).toList();
  }
}
