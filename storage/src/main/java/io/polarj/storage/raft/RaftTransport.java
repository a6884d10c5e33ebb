package io.polarj.storage.raft;

/**
 * Carries messages to the other replicas of the group; may lose, repeat and reorder them. The chunk
 * server may bundle the messages of many groups to one peer.
 */
@FunctionalInterface
public interface RaftTransport {
  void send(int replica, RaftMessage message);
}
