package io.polarj.polarctrl.protocol;

import io.polarj.platform.net.Address;
import io.polarj.storage.protocol.DiskState;
import java.util.Objects;

/**
 * A ChunkServer as PolarCtrl sees it.
 *
 * @param ageMillis since its last heartbeat, -1 when none came since PolarCtrl started
 */
public record NodeStatus(
    int node,
    Address address,
    String failureDomain,
    boolean live,
    long ageMillis,
    DiskState disk,
    String diskMessage,
    long totalBlocks,
    long freeBlocks,
    int chunks,
    int leaders) {
  public NodeStatus {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(failureDomain, "failureDomain");
    Objects.requireNonNull(disk, "disk");
    Objects.requireNonNull(diskMessage, "diskMessage");
  }
}
