package io.polarj.polarctrl.view;

import io.polarj.storage.protocol.NodeMetrics;

/**
 * A ChunkServer.
 *
 * @param admin IN_SERVICE, DRAINING, LOST_BY_SILENCE or LOST_BY_ORDER
 * @param silentMillis since its last heartbeat, -1 when none came since PolarCtrl started
 * @param promisedBytes of the chunks it has replicas of, however little of them is written
 * @param drainTotal replicas it had when it was decommissioned; {@code replicas} are left
 * @param leftovers replicas of it that are to be deleted
 * @param metrics of the server and its disk, as the last heartbeat told them
 */
public record NodeView(
    int node,
    String address,
    String failureDomain,
    NodeState state,
    String admin,
    long silentMillis,
    String disk,
    String diskMessage,
    long totalBytes,
    long freeBytes,
    long promisedBytes,
    int replicas,
    int leads,
    int drainTotal,
    int leftovers,
    IoView io,
    NodeMetrics metrics) {}
