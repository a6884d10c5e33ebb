package io.polarj.polarctrl.state;

import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The plans: at most one open plan per chunk, and at most so many at work at the same time. */
final class PlanTable {
  /** Plans that ended, as many as are kept for looking at. */
  static final int KEPT = 500;

  /** An open plan and what goes on with it. */
  static final class Plan {
    private StoredPlan stored;
    private boolean admitted;
    Attempt attempt;
    PlanStep step = PlanStep.QUEUED;
    boolean made;
    long notBeforeNanos;
    int refusals;
    String message = "";
    int percent;

    private Plan(StoredPlan stored) {
      this.stored = stored;
    }

    StoredPlan stored() {
      return stored;
    }

    boolean admitted() {
      return admitted;
    }
  }

  /**
   * A request that is under way for a plan. {@code voters} and {@code learners} are null for a
   * request that changes no members.
   */
  record Attempt(
      long requestId,
      PlanStep step,
      List<Integer> voters,
      List<Integer> learners,
      long basis,
      int node,
      long dueNanos) {
    Attempt again(int newNode, long due) {
      return new Attempt(requestId, step, voters, learners, basis, newNode, due);
    }
  }

  private static final Comparator<Plan> URGENCY =
      Comparator.comparing((Plan plan) -> plan.stored.kind())
          .thenComparingLong(plan -> plan.stored.id());

  private final CtrlStore store;
  private final int most;
  private final TreeMap<Long, Plan> open = new TreeMap<>();
  private final TreeMap<ChunkId, Plan> byChunk = new TreeMap<>();
  private final ArrayDeque<StoredPlan> ended = new ArrayDeque<>();
  private long nextId = 1;

  PlanTable(CtrlStore store, int most) {
    this.store = store;
    this.most = most;
  }

  void restore(List<StoredPlan> plans) {
    for (StoredPlan plan : plans) {
      nextId = Math.max(nextId, plan.id() + 1);
      if (plan.state() == PlanState.OPEN) {
        add(new Plan(plan));
      } else {
        remember(plan);
      }
    }
  }

  /**
   * Numbers of plans are generations of replicas: none up to this one is given out any more. Kept
   * as a plan that has ended.
   */
  void skipTo(long generation, ChunkId chunk, long nowMillis) {
    if (generation < nextId) {
      return;
    }
    StoredPlan mark =
        new StoredPlan(
            generation,
            chunk,
            PlanKind.OPERATOR,
            0,
            1,
            PlanState.CANCELLED,
            true,
            nowMillis,
            nowMillis,
            "the database was rebuilt; earlier numbers may have been used before");
    store.save(new StoreChange().plan(mark));
    nextId = generation + 1;
    remember(mark);
  }

  private void add(Plan plan) {
    open.put(plan.stored.id(), plan);
    byChunk.put(plan.stored.chunk(), plan);
  }

  private void remember(StoredPlan plan) {
    ended.addFirst(plan);
    if (ended.size() > KEPT) {
      ended.removeLast();
    }
  }

  /** Stores a new plan; there must be no open one for the chunk. */
  Plan create(
      ChunkId chunk, PlanKind kind, int source, int target, boolean cancelled, long nowMillis) {
    if (byChunk.containsKey(chunk)) {
      throw new IllegalStateException("chunk " + chunk + " has an open plan");
    }
    StoredPlan stored =
        new StoredPlan(
            nextId, chunk, kind, source, target, PlanState.OPEN, cancelled, nowMillis, 0, "");
    store.save(new StoreChange().plan(stored));
    nextId++;
    Plan plan = new Plan(stored);
    add(plan);
    return plan;
  }

  /** Null when there is no open plan for the chunk. */
  Plan of(ChunkId chunk) {
    return byChunk.get(chunk);
  }

  /** Null when there is no such open plan. */
  Plan find(long id) {
    return open.get(id);
  }

  Collection<Plan> open() {
    return open.values();
  }

  /** Newest first. */
  Collection<StoredPlan> ended() {
    return ended;
  }

  int most() {
    return most;
  }

  boolean full() {
    return open.size() >= most;
  }

  /** Gives free slots to plans that have begun already, then to the most urgent ones. */
  List<Plan> admit(long nowNanos) {
    List<Plan> working = new ArrayList<>();
    List<Plan> waiting = new ArrayList<>();
    for (Plan plan : open.values()) {
      if (plan.admitted) {
        working.add(plan);
      } else if (nowNanos - plan.notBeforeNanos >= 0) {
        waiting.add(plan);
      }
    }
    waiting.sort(URGENCY);
    for (Plan plan : waiting) {
      if (working.size() >= most) {
        break;
      }
      plan.admitted = true;
      working.add(plan);
    }
    return working;
  }

  /** Gives the slot back; the plan queues again when its pause is over. */
  void release(Plan plan) {
    plan.admitted = false;
    plan.step = PlanStep.QUEUED;
  }

  void update(Plan plan, StoredPlan changed) {
    store.save(new StoreChange().plan(changed));
    plan.stored = changed;
  }

  /** Stores the end with what else changes with it. */
  void end(Plan plan, StoredPlan end, StoreChange change) {
    store.save(change.plan(end));
    open.remove(end.id());
    byChunk.remove(end.chunk());
    remember(end);
  }
}
