package io.polarj.sql.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.session.ProcessInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for MySQL clients and gives each a thread. {@link #listen} and {@link #close} belong to
 * the node's starter; the rest runs on the accept thread and the connections' own.
 */
public final class MySqlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MySqlServer.class);
  private static final int BACKLOG = 512;

  private final ServerContext context;
  private final boolean epoll = Epoll.isAvailable();
  private final IoHandlerFactory ioHandlers =
      epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  private final MultiThreadIoEventLoopGroup acceptLoop =
      new MultiThreadIoEventLoopGroup(1, ioHandlers);
  private final List<Channel> listening = new ArrayList<>();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicLong threadNumber = new AtomicLong();
  private volatile boolean closing;

  public MySqlServer(ServerContext context) {
    this.context = context;
  }

  /** Opens a port and returns its number. Throws an IOException that names it when it is taken. */
  public int listen(Listener listener) throws IOException {
    ServerChannel server = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    server.config().setOption(ChannelOption.SO_REUSEADDR, true);
    server.pipeline().addLast(new Acceptor(listener));
    try {
      acceptLoop.register(server).syncUninterruptibly();
      server.bind(new InetSocketAddress(listener.host(), listener.port())).syncUninterruptibly();
    } catch (Exception e) { // Netty throws the bind's checked exception unannounced
      server.close();
      throw new IOException(
          "can't listen on " + listener.host() + ":" + listener.port() + ": " + e.getMessage(), e);
    }
    listening.add(server);
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Stops listening, ends all connections and waits for their threads. */
  @Override
  public void close() {
    closing = true;
    listening.forEach(server -> server.close().awaitUninterruptibly());
    context.services().sessions().processes().forEach(this::end);
    connections.forEach(Connection::close);
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    acceptLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void end(ProcessInfo process) {
    try {
      context.services().sessions().kill(process.id(), true);
    } catch (SqlException e) {
      LOG.debug("connection {} has ended by itself", process.id());
    }
  }

  private final class Acceptor extends ChannelInboundHandlerAdapter {
    private final Listener listener;

    Acceptor(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext handlerContext, Object message) {
      Channel accepted = (Channel) message;
      accepted.config().setOption(ChannelOption.TCP_NODELAY, true);
      accepted.config().setOption(ChannelOption.SO_KEEPALIVE, true);
      Connection connection = new Connection(accepted, ioHandlers, context, listener);
      Thread thread =
          Thread.ofPlatform()
              .name("mysql-" + threadNumber.incrementAndGet())
              .daemon(true)
              .unstarted(() -> run(connection));
      connections.add(connection);
      threads.add(thread);
      if (closing) {
        connections.remove(connection);
        threads.remove(thread);
        accepted.unsafe().closeForcibly();
        return;
      }
      thread.start();
    }

    private void run(Connection connection) {
      try {
        connection.run();
      } finally {
        connections.remove(connection);
        threads.remove(Thread.currentThread());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext handlerContext, Throwable cause) {
      // such as no file descriptors left: say so and go on listening
      LOG.error("could not accept a connection on port {}", listener.port(), cause);
    }
  }
}
