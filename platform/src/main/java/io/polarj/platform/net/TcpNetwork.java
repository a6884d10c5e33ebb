package io.polarj.platform.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.polarj.platform.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's network over TCP: Netty with epoll where it is, NIO elsewhere, on one socket thread of
 * its own. Messages are encoded on the node's loop and decoded on the socket's thread; both hand
 * over in batches. See {@link Frames} for the bytes.
 */
public final class TcpNetwork implements Network {
  private static final Logger LOG = LoggerFactory.getLogger(TcpNetwork.class);

  /** Large enough for a frame of a 16 KiB page; Netty's adaptive one reads in small pieces. */
  private static final int RECEIVE_BYTES = 64 << 10;

  private final EventLoop loop;
  private final CodecRegistry codecs;
  private final TcpSettings settings;
  private final boolean epoll = Epoll.isAvailable();
  private final MultiThreadIoEventLoopGroup group;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final AtomicLong dropped = new AtomicLong();
  private final Frames encoder;
  private volatile Address bound;
  private volatile boolean closed;

  public TcpNetwork(EventLoop loop, CodecRegistry codecs, TcpSettings settings) {
    this.loop = loop;
    this.codecs = codecs;
    this.settings = settings;
    this.encoder = new Frames(codecs);
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("tcp", true), io);
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    ChannelFuture bind =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accepted(channel, handler);
                  }
                })
            .bind(new InetSocketAddress(address.host(), address.port()))
            .awaitUninterruptibly();
    if (!bind.isSuccess()) {
      throw new UncheckedIOException("cannot listen on " + address, new IOException(bind.cause()));
    }
    channels.add(bind.channel());
    bound =
        new Address(address.host(), ((InetSocketAddress) bind.channel().localAddress()).getPort());
  }

  /** Where the last {@link #listen} ended up: the port that port 0 became. */
  public Address localAddress() {
    return bound;
  }

  /** Messages dropped for want of a connection or because a peer does not read. */
  public long droppedMessages() {
    return dropped.get();
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    int count = settings.connectionsPerPeer();
    return count == 1
        ? new TcpCallerLink(this, null, peer, answers, group.next())
        : new TcpSpreadLink(this, peer, count, answers, group);
  }

  @Override
  public void close() {
    closed = true;
    channels.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  boolean closed() {
    return closed;
  }

  TcpSettings settings() {
    return settings;
  }

  Outbox outbox(io.netty.channel.EventLoop socketLoop, Runnable drain) {
    return new Outbox(socketLoop, settings.queuedBytesPerConnection(), dropped, drain);
  }

  void send(Outbox outbox, Message message) {
    send(frame -> outbox, message);
  }

  /** {@code way}: chooses the outbox for an encoded message, on the loop. */
  void send(Function<ByteBuf, Outbox> way, Message message) {
    if (!loop.inLoop()) {
      loop.execute(() -> send(way, message));
    } else if (closed) {
      dropped.incrementAndGet();
    } else {
      ByteBuf frame = encoder.encode(message, PooledByteBufAllocator.DEFAULT);
      way.apply(frame).offer(frame);
    }
  }

  ChannelFuture connectChannel(
      Address peer,
      Link link,
      MessageHandler answers,
      io.netty.channel.EventLoop socketLoop,
      Runnable onHello) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(socketLoop)
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectTimeoutMillis())
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    equip(channel, link, answers, onHello);
                  }
                });
    if (epoll) {
      bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, settings.userTimeoutMillis());
    }
    return bootstrap.connect(new InetSocketAddress(peer.host(), peer.port()));
  }

  private void accepted(SocketChannel channel, MessageHandler handler) {
    channels.add(channel);
    if (epoll) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, settings.userTimeoutMillis());
    }
    LOG.debug("accepted {}", channel);
    equip(channel, new TcpAnswerLink(this, channel), handler, () -> greet(channel));
  }

  /** The listening side shows its cluster only to those who named it. */
  private void greet(Channel channel) {
    channel.writeAndFlush(
        Frames.hello(channel.alloc(), settings.clusterId()), channel.voidPromise());
  }

  private void equip(SocketChannel channel, Link link, MessageHandler handler, Runnable onHello) {
    channel
        .pipeline()
        .addLast(new FrameDecoder(codecs, settings.clusterId(), onHello))
        .addLast(new Delivery(loop, link, handler, () -> closed));
  }
}
