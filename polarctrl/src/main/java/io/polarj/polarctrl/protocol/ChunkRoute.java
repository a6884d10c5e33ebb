package io.polarj.polarctrl.protocol;

import io.polarj.storage.protocol.GroupMember;
import java.util.List;

/** Where a chunk is. {@code leader} is a node's number, as last heard of, 0 when unknown. */
public record ChunkRoute(int chunk, int leader, List<GroupMember> members) {
  public ChunkRoute {
    members = List.copyOf(members);
  }
}
