package io.polarj.storage.raft;

/** Told once, on the replica's loop, how a write or fence ended; possibly inside the call. */
@FunctionalInterface
public interface ReplyCallback {
  void completed(Outcome outcome);
}
