package io.polarj.storage.protocol;

import java.util.List;

/**
 * PolarCtrl's answer.
 *
 * @param nodes where the ChunkServers of the cluster listen now, so that a moved peer is found
 */
public record NodeHeartbeatReply(long clusterId, long beat, List<GroupMember> nodes)
    implements StorageMessage {
  public NodeHeartbeatReply {
    nodes = List.copyOf(nodes);
  }
}
