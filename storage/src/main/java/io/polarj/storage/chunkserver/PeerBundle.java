package io.polarj.storage.chunkserver;

import io.polarj.platform.net.Message;
import io.polarj.storage.raft.RaftMessage;
import java.util.List;
import java.util.Objects;

/**
 * What one ChunkServer has to say to another at one time, of all the groups they share, so that
 * many idle groups cost a few messages and not thousands.
 *
 * @param node the sender
 * @param freeBlocks of the sender's disk: a leader takes no write that needs a new block while a
 *     member is short of them
 * @param logRoom bytes that clients may still bring to the sender's log and memory: leaders hold
 *     clients' writes back while a member has none
 */
public record PeerBundle(int node, long freeBlocks, long logRoom, List<RaftMessage> messages)
    implements Message {
  public PeerBundle {
    Objects.requireNonNull(messages, "messages");
    messages = List.copyOf(messages);
  }
}
