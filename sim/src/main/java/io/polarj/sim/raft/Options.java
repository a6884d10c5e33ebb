package io.polarj.sim.raft;

import io.polarj.storage.raft.PlantedBug;
import java.util.Set;

/**
 * What a run is made of besides its seed.
 *
 * @param chaosMillis virtual time with faults, before everything is healed
 * @param clients how many write and read at once
 * @param blocks how many 4 KiB blocks they fight over
 * @param faults whether nodes, disks and network misbehave
 * @param planted bugs in the replica to plant
 * @param skipFlush plants a log that confirms before it is durable
 * @param reconfigures whether members come and go, and leadership is handed over, meanwhile
 * @param replacesDisks whether disks are replaced by empty ones too, if it reconfigures
 */
public record Options(
    int chaosMillis,
    int clients,
    int blocks,
    boolean faults,
    Set<PlantedBug> planted,
    boolean skipFlush,
    boolean reconfigures,
    boolean replacesDisks) {
  public static final Options DEFAULT =
      new Options(15_000, 4, 6, true, Set.of(), false, false, false);

  public Options planting(PlantedBug bug) {
    return new Options(
        chaosMillis, clients, blocks, faults, Set.of(bug), false, reconfigures, replacesDisks);
  }

  public Options skippingFlush() {
    return new Options(
        chaosMillis, clients, blocks, faults, planted, true, reconfigures, replacesDisks);
  }

  public Options reconfiguring() {
    return new Options(
        chaosMillis, clients, blocks, faults, planted, skipFlush, true, replacesDisks);
  }

  public Options replacingDisks() {
    return new Options(chaosMillis, clients, blocks, faults, planted, skipFlush, true, true);
  }
}
