package io.polarj.platform.net;

/** One node's view of the network, bound to the node's loop and to the codecs it speaks. */
public interface Network extends AutoCloseable {
  /** Starts to listen. Messages go to the handler on the node's loop. */
  void listen(Address address, MessageHandler handler);

  /**
   * A link to a listening peer, connected on first use and again after a break. Answers that come
   * back over it go to the handler given here, on the node's loop.
   */
  Link connect(Address peer, MessageHandler answers);

  @Override
  void close();
}
