package io.polarj.platform.net.rdma;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.Frames;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connecting side's link. Connects when the first message is sent, and again after a break; a
 * failed attempt drops what waited and puts the next one off, twice as long every time. All but
 * {@link #send} runs on the transport's loop.
 */
final class RdmaCallerLink implements Link, RdmaConnection.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaCallerLink.class);
  private final RdmaNetwork network;
  private final Address peer;
  private final MessageHandler answers;
  private final SendQueue queue;
  private final Frames frames;
  private RdmaConnection connection;
  private int failures;
  private long nextAttemptNanos = Long.MIN_VALUE;

  RdmaCallerLink(RdmaNetwork network, Address peer, MessageHandler answers) {
    this.network = network;
    this.peer = peer;
    this.answers = answers;
    this.queue = network.queue(this::drain);
    this.frames = network.newFrames();
  }

  @Override
  public Address remote() {
    return peer;
  }

  @Override
  public void send(Message message) {
    network.send(queue, message);
  }

  private void drain() {
    if (connection != null) {
      connection.pump();
    } else if (network.closed() || tooEarly()) {
      queue.dropAll();
    } else {
      connect();
    }
  }

  private boolean tooEarly() {
    return nextAttemptNanos != Long.MIN_VALUE && System.nanoTime() - nextAttemptNanos < 0;
  }

  private void connect() {
    try {
      InetSocketAddress address = new InetSocketAddress(peer.host(), peer.port());
      if (address.isUnresolved()) {
        throw new IOException("unknown host");
      }
      RdmaConnection made =
          new RdmaConnection(network.engine(), network.settings(), frames, queue, this, address);
      connection = made.closed() ? null : made;
    } catch (IOException e) {
      closed(e.getMessage(), false);
    }
  }

  @Override
  public void opened() {
    if (failures > 0) {
      LOG.info("connected to {} over RDMA after {} failed attempts", peer, failures);
    }
    failures = 0;
    nextAttemptNanos = Long.MIN_VALUE;
  }

  @Override
  public void received(List<Message> messages) {
    network.deliver(this, answers, messages);
  }

  /** A connection that broke before the peer's hello counts as a failed attempt. */
  @Override
  public void closed(String reason, boolean wasOpen) {
    connection = null;
    queue.dropAll();
    if (wasOpen) {
      LOG.info("RDMA connection to {} ended: {}", peer, reason);
      return;
    }
    failures++;
    int doublings = Math.min(failures - 1, 20);
    long backoffMillis =
        Math.min(
            (long) network.settings().firstBackoffMillis() << doublings,
            network.settings().longestBackoffMillis());
    nextAttemptNanos = System.nanoTime() + backoffMillis * 1_000_000;
    if (failures == 1 && !network.closed()) {
      LOG.warn("no RDMA connection to {}: {}; it is tried again when there is need", peer, reason);
    } else {
      LOG.debug("no RDMA connection to {} in attempt {}: {}", peer, failures, reason);
    }
  }
}
