package io.polarj.polarctrl.state;

import java.util.List;

/**
 * What a plan has to do next. Derived anew, every time, from the group's members as its leader
 * reports them, so that it does not matter who changed them or what PolarCtrl remembers.
 *
 * <p>The order of a move: the target makes an empty replica, becomes a learner, catches up, becomes
 * a voter, and only then the source goes. One membership change at a time.
 */
enum PlanStep {
  /** Other plans have the slots. */
  QUEUED("waits for a free slot"),
  NO_LEADER("waits for the chunk to have a leader"),
  TARGET_SILENT("waits for the target to be heard again"),
  CREATE("makes a replica on the target"),
  ADD_LEARNER("adds the target as a learner"),
  CATCH_UP("the target is catching up"),
  PROMOTE("makes the target a voter"),
  /** The other replicas are not well enough to give one up. */
  NOT_SAFE("waits until the others are well enough to let one go"),
  REMOVE("takes the source out"),
  DROP_LEARNER("takes the learner out again"),
  FINISH("done"),
  ABANDON("undone");

  private final String text;

  PlanStep(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** Whether it asks the leader for other members. */
  boolean changesMembers() {
    return this == ADD_LEARNER || this == PROMOTE || this == REMOVE || this == DROP_LEARNER;
  }

  /**
   * All that a step depends on.
   *
   * @param soundOthers voters besides the source that are sound
   * @param targetMade whether the target has the plan's own replica
   */
  record Situation(
      boolean leaderKnown,
      List<Integer> voters,
      List<Integer> learners,
      int soundOthers,
      boolean sourceSound,
      boolean targetUp,
      boolean targetMade,
      boolean targetCaughtUp) {}

  static PlanStep next(StoredPlan plan, Situation now) {
    if (!now.leaderKnown) {
      return NO_LEADER;
    }
    boolean sourceVotes = plan.source() != 0 && now.voters.contains(plan.source());
    if (plan.target() == 0) {
      if (plan.cancelled()) {
        return ABANDON;
      }
      return sourceVotes ? removal(now) : FINISH;
    }
    if (now.voters.contains(plan.target())) {
      if (!sourceVotes) {
        return FINISH;
      }
      return now.targetCaughtUp && now.targetUp ? removal(now) : CATCH_UP;
    }
    boolean learns = now.learners.contains(plan.target());
    if (plan.cancelled()) {
      return learns ? DROP_LEARNER : ABANDON;
    }
    if (!now.targetUp) {
      return TARGET_SILENT;
    }
    if (learns) {
      return now.targetCaughtUp ? PROMOTE : CATCH_UP;
    }
    return now.targetMade ? ADD_LEARNER : CREATE;
  }

  /**
   * A voter that works is given up only when all the others work; one that does not, as soon as a
   * majority of the others does.
   */
  private static PlanStep removal(Situation now) {
    int others = now.voters.size() - 1;
    int needed = now.sourceSound ? others : others / 2 + 1;
    return others > 0 && now.soundOthers >= needed ? REMOVE : NOT_SAFE;
  }
}
