package io.polarj.platform.net;

/** A node's ear. Called on the node's loop. */
@FunctionalInterface
public interface MessageHandler {
  /**
   * {@code from} is the way to answer; it stays usable (if only to drop messages) after the peer is
   * gone.
   */
  void onMessage(Link from, Message message);
}
