package io.polarj.server.role;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import java.util.Set;

/**
 * The network of a node in an all-in-one process: peers of the same process are called directly,
 * and the node listens on its transport as well, so that tools reach it just as in a cluster of
 * processes.
 */
final class NodeNetwork implements Network {
  private final InProcessNetwork inside;
  private final Network outside;
  private final Set<Address> members;

  NodeNetwork(InProcessHub hub, EventLoop loop, Network outside, Set<Address> members) {
    this.inside = new InProcessNetwork(hub, loop);
    this.outside = outside;
    this.members = members;
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    outside.listen(address, handler);
    inside.listen(address, handler);
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return members.contains(peer) ? inside.connect(peer, answers) : outside.connect(peer, answers);
  }

  @Override
  public void close() {
    inside.close();
    outside.close();
  }
}
