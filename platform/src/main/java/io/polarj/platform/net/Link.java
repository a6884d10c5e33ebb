package io.polarj.platform.net;

/**
 * A way to one peer. Messages are sent at most once: they may be lost, and over several connections
 * they may overtake each other; protocols carry their own request ids and retries.
 */
public interface Link {
  /** The peer's listening address, or for an incoming link whatever names the peer best. */
  Address remote();

  /** Hands the message over; never blocks. Call it on the loop of the node that owns the link. */
  void send(Message message);
}
