package io.polarj.storage.chunkserver;

import io.polarj.platform.net.Address;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.repair.ScrubSettings;
import io.polarj.storage.store.DiskOptions;
import java.util.List;
import java.util.Objects;

/**
 * Settings of a ChunkServer.
 *
 * @param clusterId the disk must be of this cluster
 * @param node this node's number, above 0; the disk must be of this node
 * @param address where it listens
 * @param failureDomain host or rack: replicas of a chunk are placed in different ones
 * @param controllers PolarCtrl's addresses; empty for none
 * @param heartbeatMillis between reports to PolarCtrl
 * @param bundleMicros how long messages that can wait (heartbeats and their answers) gather
 * @param reserveBlocks free blocks kept for what other leaders have committed: when a member's disk
 *     has fewer, writes that need new blocks are refused with NO_SPACE
 * @param mostDirtyBytes applied bytes not yet in their blocks, beyond which writes wait
 */
public record ChunkServerConfig(
    long clusterId,
    int node,
    Address address,
    String failureDomain,
    List<Address> controllers,
    int heartbeatMillis,
    int bundleMicros,
    int reserveBlocks,
    long mostDirtyBytes,
    RaftSettings raft,
    DiskOptions disk,
    ScrubSettings scrub) {
  public ChunkServerConfig {
    require(node > 0, "node number " + node + " is not above 0");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(failureDomain, "failureDomain");
    Objects.requireNonNull(scrub, "scrub");
    require(!failureDomain.isBlank(), "failure domain is blank; name the host or rack");
    controllers = List.copyOf(controllers);
    require(
        heartbeatMillis >= 10 && heartbeatMillis <= 60_000,
        "heartbeat of " + heartbeatMillis + " ms is not in 10..60000");
    require(
        bundleMicros >= 0 && bundleMicros <= 100_000,
        "bundle delay of " + bundleMicros + " us is not in 0..100000");
    require(
        bundleMicros / 1000 < raft.heartbeatMillis(),
        "bundle delay is longer than the groups' heartbeat");
    require(reserveBlocks >= 0, "reserve of " + reserveBlocks + " blocks");
    require(mostDirtyBytes >= 1 << 20, "most dirty bytes " + mostDirtyBytes + " is below 1 MiB");
    require(
        disk.writeBackBytes() < mostDirtyBytes,
        "writing back begins only above the limit of dirty bytes");
  }

  /** The usual settings for a node. */
  public static ChunkServerConfig of(
      long clusterId, int node, Address address, String failureDomain, List<Address> controllers) {
    return new ChunkServerConfig(
        clusterId,
        node,
        address,
        failureDomain,
        controllers,
        500,
        2_000,
        32,
        64L << 20,
        RaftSettings.DEFAULT,
        DiskOptions.DEFAULT,
        ScrubSettings.DEFAULT);
  }

  public ChunkServerConfig withRaft(RaftSettings settings) {
    return new ChunkServerConfig(
        clusterId,
        node,
        address,
        failureDomain,
        controllers,
        heartbeatMillis,
        bundleMicros,
        reserveBlocks,
        mostDirtyBytes,
        settings,
        disk,
        scrub);
  }

  public ChunkServerConfig withReserveBlocks(int blocks) {
    return new ChunkServerConfig(
        clusterId,
        node,
        address,
        failureDomain,
        controllers,
        heartbeatMillis,
        bundleMicros,
        blocks,
        mostDirtyBytes,
        raft,
        disk,
        scrub);
  }

  public ChunkServerConfig withDisk(DiskOptions options) {
    return new ChunkServerConfig(
        clusterId,
        node,
        address,
        failureDomain,
        controllers,
        heartbeatMillis,
        bundleMicros,
        reserveBlocks,
        mostDirtyBytes,
        raft,
        options,
        scrub);
  }

  public ChunkServerConfig withScrub(ScrubSettings settings) {
    return new ChunkServerConfig(
        clusterId,
        node,
        address,
        failureDomain,
        controllers,
        heartbeatMillis,
        bundleMicros,
        reserveBlocks,
        mostDirtyBytes,
        raft,
        disk,
        settings);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException("chunk server settings: " + message);
    }
  }
}
