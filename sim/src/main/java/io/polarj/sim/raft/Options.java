package io.polarj.sim.raft;

import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/**
 * What a run is made of besides its seed.
 *
 * @param chaosMillis virtual time with faults, before everything is healed
 * @param clients how many write and read at once
 * @param blocks how many 4 KiB blocks they fight over at most
 * @param plan which faults of the seed happen
 * @param crash where else the power is cut, once
 * @param planted bugs in the replica to plant
 * @param skipFlush plants a log that confirms before it is durable
 * @param reconfigures whether members come and go, and leadership is handed over, meanwhile
 * @param replacesDisks whether disks are replaced by empty ones too, if it reconfigures
 */
public record Options(
    int chaosMillis,
    int clients,
    int blocks,
    FaultPlan plan,
    CrashPoint crash,
    Set<PlantedBug> planted,
    boolean skipFlush,
    boolean reconfigures,
    boolean replacesDisks) {
  public static final Options DEFAULT =
      new Options(4_000, 4, 6, FaultPlan.ALL, CrashPoint.NONE, Set.of(), false, false, false);

  /** Less of everything: to find the smallest run that still fails. */
  public Options reduced(FaultPlan newPlan, int newClients, int newChaosMillis) {
    return new Options(
        newChaosMillis,
        newClients,
        blocks,
        newPlan,
        crash,
        planted,
        skipFlush,
        reconfigures,
        replacesDisks);
  }

  /** With a power cut at a certain point. */
  public Options crashing(CrashPoint point) {
    return new Options(
        chaosMillis, clients, blocks, plan, point, planted, skipFlush, reconfigures, replacesDisks);
  }

  public Options planting(PlantedBug bug) {
    return planting(Set.of(bug));
  }

  public Options planting(Set<PlantedBug> bugs) {
    return new Options(
        chaosMillis, clients, blocks, plan, crash, bugs, skipFlush, reconfigures, replacesDisks);
  }

  public Options skippingFlush() {
    return new Options(
        chaosMillis, clients, blocks, plan, crash, planted, true, reconfigures, replacesDisks);
  }

  public Options reconfiguring() {
    return new Options(
        chaosMillis, clients, blocks, plan, crash, planted, skipFlush, true, replacesDisks);
  }

  public Options replacingDisks() {
    return new Options(chaosMillis, clients, blocks, plan, crash, planted, skipFlush, true, true);
  }
}
