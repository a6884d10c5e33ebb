package io.polarj.platform.net;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** The listening side's link: one accepted connection; after its end messages are dropped. */
final class TcpAnswerLink implements Link {
  private final TcpNetwork network;
  private final Address remote;
  private final Outbox outbox;

  TcpAnswerLink(TcpNetwork network, Channel channel) {
    this.network = network;
    InetSocketAddress from = (InetSocketAddress) channel.remoteAddress();
    this.remote = new Address(from.getHostString(), from.getPort());
    this.outbox = network.outbox(channel.eventLoop(), () -> outbox().writeTo(channel));
    channel.closeFuture().addListener(future -> outbox().dropAll());
  }

  @Override
  public Address remote() {
    return remote;
  }

  @Override
  public void send(Message message) {
    network.send(outbox, message);
  }

  private Outbox outbox() {
    return outbox;
  }
}
