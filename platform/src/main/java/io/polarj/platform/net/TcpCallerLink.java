package io.polarj.platform.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connecting side's link. Connects when the first message is sent, and again after a break; a
 * failed attempt drops what waited and puts the next one off, twice as long every time. All but
 * {@link #send} runs on the socket's thread.
 */
final class TcpCallerLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(TcpCallerLink.class);
  private final TcpNetwork network;
  private final Link face;
  private final Address peer;
  private final MessageHandler answers;
  private final EventLoop socketLoop;
  private final Outbox outbox;
  private volatile Channel channel; // others only ask whether it is congested
  private boolean connecting;
  private boolean greeted;
  private int failures;
  private long nextAttemptNanos = Long.MIN_VALUE;

  /** {@code face}: what handlers are told that answers came over; null for this link itself. */
  TcpCallerLink(
      TcpNetwork network, Link face, Address peer, MessageHandler answers, EventLoop socketLoop) {
    this.network = network;
    this.face = face == null ? this : face;
    this.peer = peer;
    this.answers = answers;
    this.socketLoop = socketLoop;
    this.outbox = network.outbox(socketLoop, this::drain);
  }

  @Override
  public Address remote() {
    return peer;
  }

  @Override
  public void send(Message message) {
    network.send(outbox, message);
  }

  Outbox outbox() {
    return outbox;
  }

  /** Whether its socket takes no more for now. Any thread. */
  boolean congested() {
    Channel now = channel;
    return now != null && !now.isWritable();
  }

  private void drain() {
    Channel open = channel;
    if (open != null) {
      outbox.writeTo(open);
    } else if (!connecting) {
      boolean tooEarly =
          nextAttemptNanos != Long.MIN_VALUE && System.nanoTime() - nextAttemptNanos < 0;
      if (tooEarly || network.closed()) {
        outbox.dropAll();
      } else {
        connect();
      }
    }
  }

  private void connect() {
    connecting = true;
    greeted = false;
    ChannelFuture attempt = network.connectChannel(peer, face, answers, socketLoop, this::onHello);
    attempt.addListener(future -> socketLoop.execute(() -> attempted(attempt)));
  }

  private void attempted(ChannelFuture attempt) {
    connecting = false;
    if (!attempt.isSuccess()) {
      failed(attempt.cause().getMessage());
      return;
    }
    Channel connected = attempt.channel();
    connected.write(
        Frames.hello(connected.alloc(), network.settings().clusterId()), connected.voidPromise());
    connected.flush();
    channel = connected;
    connected.closeFuture().addListener(future -> socketLoop.execute(() -> broken(connected)));
    outbox.writeTo(connected);
  }

  private void onHello() {
    greeted = true;
    if (failures > 0) {
      LOG.info("connected to {} after {} failed attempts", peer, failures);
    }
    failures = 0;
    nextAttemptNanos = Long.MIN_VALUE;
  }

  /** A connection that broke before the peer's hello counts as a failed attempt. */
  private void broken(Channel old) {
    if (channel == old) {
      channel = null;
      if (greeted) {
        outbox.dropAll();
      } else {
        failed("closed before its hello");
      }
    }
  }

  private void failed(String reason) {
    outbox.dropAll();
    failures++;
    long backoffMillis = network.settings().firstBackoffMillis();
    for (int i = 1;
        i < failures && backoffMillis < network.settings().longestBackoffMillis();
        i++) {
      backoffMillis *= 2;
    }
    backoffMillis = Math.min(backoffMillis, network.settings().longestBackoffMillis());
    nextAttemptNanos = System.nanoTime() + backoffMillis * 1_000_000;
    if (failures == 1 && !network.closed()) {
      LOG.warn("no connection to {}: {}; it is tried again when there is need", peer, reason);
    } else {
      LOG.debug("no connection to {} in attempt {}: {}", peer, failures, reason);
    }
  }
}
