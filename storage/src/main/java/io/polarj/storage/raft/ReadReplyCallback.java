package io.polarj.storage.raft;

/** Told once, on the replica's loop, how a read ended; {@code bytes} is null unless OK. */
@FunctionalInterface
public interface ReadReplyCallback {
  void completed(Outcome outcome, byte[] bytes);
}
