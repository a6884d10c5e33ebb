package io.polarj.sim.cluster;

import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import io.polarj.storage.raft.PlantedBug;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a run is made of besides its seed.
 *
 * @param chaosMillis virtual time with faults, before everything is healed
 * @param mounts how many PolarSwitches share the epoch
 * @param plan which faults of the seed happen
 * @param crash where else the power is cut, once
 * @param planted bugs to plant
 * @param flushLies plants disks that confirm a flush and keep nothing
 * @param traits what is special about the scenario
 */
public record ClusterOptions(
    int chaosMillis,
    int mounts,
    FaultPlan plan,
    CrashPoint crash,
    Set<PlantedBug> planted,
    boolean flushLies,
    Set<Trait> traits) {
  public static final ClusterOptions DEFAULT =
      new ClusterOptions(3_000, 3, FaultPlan.ALL, CrashPoint.NONE, Set.of(), false, Set.of());

  /** What makes one scenario different from another. */
  public enum Trait {
    /** The disk's log and what groups keep in it are so small that members fall behind it. */
    TIGHT_LOG,
    /** All nodes lose power together once the run is judged, to be judged again. */
    POWER_CUT,
    /** Bits rot all the time, mostly where clients are busy, and not only now and then. */
    BIT_ROT,
    /** A fourth node takes over the replicas of one that is lost in the end. */
    LOST_NODE,
    /** An operator takes, reads, deletes, clones and restores snapshots. */
    SNAPSHOTS
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** Less of everything: to find the smallest run that still fails. */
  public ClusterOptions reduced(FaultPlan newPlan, int newMounts, int newChaosMillis) {
    return new ClusterOptions(
        newChaosMillis, newMounts, newPlan, crash, planted, flushLies, traits);
  }

  /** With a power cut at a certain point. */
  public ClusterOptions crashing(CrashPoint point) {
    return new ClusterOptions(chaosMillis, mounts, plan, point, planted, flushLies, traits);
  }

  public ClusterOptions planting(PlantedBug bug) {
    return planting(Set.of(bug));
  }

  public ClusterOptions planting(Set<PlantedBug> bugs) {
    return new ClusterOptions(chaosMillis, mounts, plan, crash, bugs, flushLies, traits);
  }

  public ClusterOptions lyingFlush() {
    return new ClusterOptions(chaosMillis, mounts, plan, crash, planted, true, traits);
  }

  /** With one PolarSwitch for each epoch. */
  public ClusterOptions writtenByOne() {
    return new ClusterOptions(chaosMillis, 1, plan, crash, planted, flushLies, traits);
  }

  public ClusterOptions with(Trait trait) {
    EnumSet<Trait> more = EnumSet.of(trait);
    more.addAll(traits);
    return new ClusterOptions(chaosMillis, mounts, plan, crash, planted, flushLies, more);
  }
}
