package io.polarj.platform.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.polarj.platform.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a connection: what one read of the socket brought goes to the node's loop in
 * one task.
 */
final class Delivery extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
  private final EventLoop loop;
  private final Link link;
  private final MessageHandler handler;
  private final BooleanSupplier closed;
  private List<Message> batch = new ArrayList<>();

  Delivery(EventLoop loop, Link link, MessageHandler handler, BooleanSupplier closed) {
    this.loop = loop;
    this.link = link;
    this.handler = handler;
    this.closed = closed;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    batch.add((Message) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!batch.isEmpty()) {
      List<Message> messages = batch;
      batch = new ArrayList<>();
      loop.execute(new MessageBatch(loop, link, handler, closed, messages));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.info("connection {} broke: {}", context.channel(), cause.getMessage());
    } else {
      LOG.error("connection {} closed by an error", context.channel(), cause);
    }
    context.close();
  }
}
