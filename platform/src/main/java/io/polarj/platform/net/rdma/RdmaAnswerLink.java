package io.polarj.platform.net.rdma;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening side's link: one accepted connection; after its end messages are dropped. */
final class RdmaAnswerLink implements Link, RdmaConnection.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaAnswerLink.class);
  private final RdmaNetwork network;
  private final Address remote;
  private final MessageHandler handler;
  private final SendQueue queue;
  private RdmaConnection connection;
  private boolean ended;

  RdmaAnswerLink(RdmaNetwork network, Verbs.Id requested, Address remote, MessageHandler handler) {
    this.network = network;
    this.remote = remote;
    this.handler = handler;
    this.queue = network.queue(this::drain);
    this.connection =
        new RdmaConnection(
            network.engine(), network.settings(), network.newFrames(), queue, this, requested);
  }

  @Override
  public Address remote() {
    return remote;
  }

  @Override
  public void send(Message message) {
    network.send(queue, message);
  }

  private void drain() {
    if (ended) {
      queue.dropAll();
    } else {
      connection.pump();
    }
  }

  @Override
  public void opened() {
    LOG.debug("RDMA connection from {}", remote);
  }

  @Override
  public void received(List<Message> messages) {
    network.deliver(this, handler, messages);
  }

  @Override
  public void closed(String reason, boolean wasOpen) {
    ended = true;
    queue.dropAll();
    if (wasOpen) {
      LOG.debug("RDMA connection from {} ended: {}", remote, reason);
    } else {
      LOG.warn("RDMA connection from {} refused: {}", remote, reason);
    }
  }
}
