package io.polarj.sql.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
  private final PacketFramer framer;
  private final PacketWriter writer;
  private LongSupplier writeTimeoutSeconds = () -> 60;
  private Throwable failure;
  private boolean ended;

  /**
   * Takes over an accepted channel that is not registered yet. The calling thread becomes the
   * owner.
   */
  PacketChannel(Channel channel, IoHandlerFactory ioHandlers, int packetLimitBytes) {
    this.channel = channel;
    this.loop = new ManualIoEventLoop(Thread.currentThread(), ioHandlers);
    this.framer = new PacketFramer(packetLimitBytes);
    this.channel.pipeline().addLast(framer, new Inbox());
    this.loop.register(channel);
    this.writer = new PacketWriter(channel, this::awaitWritable);
  }

  PacketWriter writer() {
    return writer;
  }

  /** Once the client is known: how long packets may be, and how long it may take none. */
  void trust(int packetLimitBytes, LongSupplier netWriteTimeoutSeconds) {
    framer.limitBytes(packetLimitBytes);
    writeTimeoutSeconds = netWriteTimeoutSeconds;
  }

  /** The next packet; the caller releases its payload. Waits for it so long. */
  PacketFramer.Packet read(long timeoutSeconds) throws Closed {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
    while (true) {
      PacketFramer.Packet packet = inbox.poll();
      if (packet != null) {
        return packet;
      }
      if (ended) {
        throw new Closed(failure == null ? "closed" : failure.toString(), failure);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new Closed("the client sent nothing for " + timeoutSeconds + " seconds", null);
      }
      loop.run(left);
    }
  }

  /** Puts TLS beneath the packets; what comes next is the client's hello. */
  void startTls(SslContext tls) {
    channel.pipeline().addFirst(tls.newHandler(channel.alloc()));
  }

  /**
   * Throws UncheckedIOException when the client has gone, or took nothing for net_write_timeout:
   * the statement at work is of no use to anyone.
   */
  private void awaitWritable() {
    if (channel.isActive() && channel.isWritable()) {
      return;
    }
    long timeout = TimeUnit.SECONDS.toNanos(writeTimeoutSeconds.getAsLong());
    long pending = channel.bytesBeforeWritable();
    long deadline = System.nanoTime() + timeout;
    while (channel.isActive() && !channel.isWritable()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        channel.close();
        throw new UncheckedIOException(new Closed("the client takes no data", null));
      }
      loop.run(left);
      if (channel.bytesBeforeWritable() < pending) {
        pending = channel.bytesBeforeWritable();
        deadline = System.nanoTime() + timeout;
      }
    }
    if (!channel.isActive()) {
      throw new UncheckedIOException(new Closed("the client has gone", null));
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
