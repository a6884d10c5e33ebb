package io.polarj.sim.cluster;

import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/**
 * What a run is made of besides its seed.
 *
 * @param chaosMillis virtual time with faults, before everything is healed
 * @param mounts how many PolarSwitches share the epoch
 * @param faults whether nodes, disks and network misbehave
 * @param planted bugs to plant
 * @param flushLies plants disks that confirm a flush and keep nothing
 * @param tightLog whether the disk's log and what groups keep in it are so small that members fall
 *     behind it all the time. Safety holds, but some runs do not recover: see the README
 * @param powerCut whether all nodes lose power together once the run is judged, to be judged again.
 *     Safety holds, but some runs do not recover: see the README
 * @param bitRot whether bits rot all the time, mostly where clients are busy, and not only in some
 *     runs now and then
 */
public record ClusterOptions(
    int chaosMillis,
    int mounts,
    boolean faults,
    Set<PlantedBug> planted,
    boolean flushLies,
    boolean tightLog,
    boolean powerCut,
    boolean bitRot) {
  public static final ClusterOptions DEFAULT =
      new ClusterOptions(4_000, 3, true, Set.of(), false, false, false, false);

  public ClusterOptions planting(PlantedBug bug) {
    return new ClusterOptions(
        chaosMillis, mounts, faults, Set.of(bug), flushLies, tightLog, powerCut, bitRot);
  }

  public ClusterOptions withTightLog() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, true, powerCut, bitRot);
  }

  public ClusterOptions withPowerCut() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, tightLog, true, bitRot);
  }

  public ClusterOptions withBitRot() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, tightLog, powerCut, true);
  }

  public ClusterOptions lyingFlush() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, true, tightLog, powerCut, bitRot);
  }
}
