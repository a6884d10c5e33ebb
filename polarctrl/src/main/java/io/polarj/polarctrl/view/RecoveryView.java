package io.polarj.polarctrl.view;

import java.util.List;

/**
 * What can be rebuilt from the ChunkServers' reports.
 *
 * @param applied whether it was done
 * @param problems what keeps volumes from being rebuilt, each with what to do
 */
public record RecoveryView(boolean applied, List<RecoveredVolume> volumes, List<String> problems) {
  /** A volume as it is rebuilt; {@code possible} when none of the problems is its own. */
  public record RecoveredVolume(
      long id,
      String name,
      long sizeBytes,
      long targetBytes,
      long chunkBytes,
      int replicas,
      int chunks,
      long epoch,
      boolean possible) {}

  public RecoveryView {
    volumes = List.copyOf(volumes);
    problems = List.copyOf(problems);
  }
}
