package io.polarj.storage.raft;

import java.io.IOException;

/** Told what the owner of a replica may want to act on. Called on the replica's loop. */
public interface RaftListener {
  /** Role, term or readiness to serve changed. */
  void roleChanged(ReplicaStatus status);

  /** The replica has stopped for good: its disk failed or its state contradicts the rules. */
  void failed(IOException error);
}
