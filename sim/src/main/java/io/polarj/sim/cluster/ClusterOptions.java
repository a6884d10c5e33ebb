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
 *     behind it all the time
 * @param powerCut whether all nodes lose power together once the run is judged, to be judged again
 * @param bitRot whether bits rot all the time, mostly where clients are busy, and not only in some
 *     runs now and then
 * @param lostNode whether a fourth node takes over the replicas of one that is lost in the end
 */
public record ClusterOptions(
    int chaosMillis,
    int mounts,
    boolean faults,
    Set<PlantedBug> planted,
    boolean flushLies,
    boolean tightLog,
    boolean powerCut,
    boolean bitRot,
    boolean lostNode) {
  public static final ClusterOptions DEFAULT =
      new ClusterOptions(4_000, 3, true, Set.of(), false, false, false, false, false);

  public ClusterOptions planting(PlantedBug bug) {
    return new ClusterOptions(
        chaosMillis, mounts, faults, Set.of(bug), flushLies, tightLog, powerCut, bitRot, lostNode);
  }

  public ClusterOptions withTightLog() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, true, powerCut, bitRot, lostNode);
  }

  public ClusterOptions withPowerCut() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, tightLog, true, bitRot, lostNode);
  }

  public ClusterOptions withBitRot() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, tightLog, powerCut, true, lostNode);
  }

  public ClusterOptions lyingFlush() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, true, tightLog, powerCut, bitRot, lostNode);
  }

  public ClusterOptions losingNode() {
    return new ClusterOptions(
        chaosMillis, mounts, faults, planted, flushLies, tightLog, powerCut, bitRot, true);
  }
}
