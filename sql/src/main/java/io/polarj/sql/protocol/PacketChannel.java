package io.polarj.sql.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocking packet I/O over a Netty channel: the owning thread drives the channel's event loop
 * itself whenever it waits for a packet or for the client to take what was sent. So there is no
 * hand-over between the thread that reads a statement and the one that runs it, and a slow client
 * holds up only its own thread.
 *
 * <p>Owned by one thread; {@link #close} may be called from any.
 */
final class PacketChannel {
  /** The client has gone, or was sent away. */
  static final class Closed extends IOException {
    private static final long serialVersionUID = 1L;

    Closed(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(PacketChannel.class);
  private static final long NO_BLOCK = -1;

  private final Channel channel;
  private final ManualIoEventLoop loop;
  private final ArrayDeque<PacketFramer.Packet> inbox = new ArrayDeque<>();
  private final PacketWriter writer;
  private Throwable failure;
  private boolean ended;

  /**
   * Takes over an accepted channel that is not registered yet. The calling thread becomes the
   * owner.
   */
  PacketChannel(Channel channel, IoHandlerFactory ioHandlers, int maxPacketBytes) {
    this.channel = channel;
    this.loop = new ManualIoEventLoop(Thread.currentThread(), ioHandlers);
    this.channel.pipeline().addLast(new PacketFramer(maxPacketBytes), new Inbox());
    this.loop.register(channel);
    this.writer = new PacketWriter(channel, this::awaitWritable);
  }

  PacketWriter writer() {
    return writer;
  }

  /** The next packet; the caller releases its payload. Waits for it. */
  PacketFramer.Packet read() throws Closed {
    while (true) {
      PacketFramer.Packet packet = inbox.poll();
      if (packet != null) {
        return packet;
      }
      if (ended) {
        throw new Closed(failure == null ? "closed" : failure.toString(), failure);
      }
      loop.run(0);
    }
  }

  /** Puts TLS beneath the packets; what comes next is the client's hello. */
  void startTls(SslContext tls) {
    channel.pipeline().addFirst(tls.newHandler(channel.alloc()));
  }

  private void awaitWritable() {
    while (!channel.isWritable() && channel.isActive()) {
      loop.run(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  /** Sends what is gathered. */
  void flush() {
    writer.flush();
    // what the socket could not take at once goes out when the loop runs next; let it finish what
    // it can
    if (!channel.isWritable()) {
      loop.run(NO_BLOCK);
    }
  }

  /** Any thread: the connection ends; its thread notices at its next read. */
  void close() {
    channel.close();
  }

  /** The owner's last call: sends what is left, closes, and ends the loop. */
  void shutDown() {
    writer.flush();
    writer.release();
    channel.close();
    loop.shutdown();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!loop.isTerminated() && System.nanoTime() < deadline) {
      loop.run(TimeUnit.MILLISECONDS.toNanos(50));
    }
    while (!inbox.isEmpty()) {
      inbox.poll().payload().release();
    }
  }

  private final class Inbox extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof PacketFramer.Packet packet) {
        inbox.add(packet);
      } else {
        ReferenceCountUtil.release(message);
        LOG.warn("unexpected {} from {}", message.getClass(), channel.remoteAddress());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      ended = true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failure = cause;
      ended = true;
      context.close();
    }
  }
}
