package io.polarj.storage.protocol;

import io.polarj.platform.net.Address;
import java.util.List;
import java.util.Objects;

/**
 * A ChunkServer's sign of life to PolarCtrl, sent each heartbeat interval. A node with many chunks
 * reports them in several beats: each beat names at most {@link StorageLimits#MAX_REPORTS} chunks,
 * going round in chunk order.
 *
 * @param incarnation differs between starts of the same node
 * @param beat counts from 1 within an incarnation
 * @param failureDomain where the node is, from the widest place to its host, separated by slashes:
 *     {@code rack-7/host-12}; one name alone is the host
 * @param chunkCount all chunks of the node, of which {@code reports} may be a part
 */
public record NodeHeartbeat(
    long clusterId,
    int node,
    long incarnation,
    long beat,
    Address address,
    String failureDomain,
    DiskState disk,
    String diskMessage,
    long totalBlocks,
    long freeBlocks,
    int chunkCount,
    List<ChunkReport> reports,
    NodeMetrics metrics)
    implements StorageMessage {
  /** Without metrics. */
  public NodeHeartbeat(
      long clusterId,
      int node,
      long incarnation,
      long beat,
      Address address,
      String failureDomain,
      DiskState disk,
      String diskMessage,
      long totalBlocks,
      long freeBlocks,
      int chunkCount,
      List<ChunkReport> reports) {
    this(
        clusterId,
        node,
        incarnation,
        beat,
        address,
        failureDomain,
        disk,
        diskMessage,
        totalBlocks,
        freeBlocks,
        chunkCount,
        reports,
        NodeMetrics.NONE);
  }

  public NodeHeartbeat {
    Objects.requireNonNull(metrics, "metrics");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(failureDomain, "failureDomain");
    Objects.requireNonNull(disk, "disk");
    Objects.requireNonNull(diskMessage, "diskMessage");
    reports = List.copyOf(reports);
  }
}
