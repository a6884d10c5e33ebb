package io.polarj.storage.raft;

import io.polarj.storage.protocol.GroupMember;
import java.io.IOException;
import java.util.List;

/** Told what the owner of a replica may want to act on. Called on the replica's loop. */
public interface RaftListener {
  /** Role, term or readiness to serve changed. */
  void roleChanged(ReplicaStatus status);

  /** These belong to the group; messages will go to them. */
  default void met(List<GroupMember> members) {}

  /** The replica has stopped for good: its disk failed or its state contradicts the rules. */
  void failed(IOException error);
}
