package io.polarj.sql.protocol;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.session.Session;
import io.polarj.sql.session.SessionRegistry;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection from its first byte to its last; the body of its thread. */
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** Of packets from a client that has not logged in yet. */
  private static final int HANDSHAKE_LIMIT_BYTES = 128 * 1024;

  private final Channel accepted;
  private final IoHandlerFactory ioHandlers;
  private final ServerContext server;
  private final Listener listener;
  private volatile PacketChannel channel;

  Connection(
      Channel accepted, IoHandlerFactory ioHandlers, ServerContext server, Listener listener) {
    this.accepted = accepted;
    this.ioHandlers = ioHandlers;
    this.server = server;
    this.listener = listener;
  }

  @Override
  public void run() {
    SessionRegistry sessions = server.services().sessions();
    Session session =
        new Session(sessions.newConnectionId(), server.services(), listener.readOnly());
    PacketChannel packets = new PacketChannel(accepted, ioHandlers, HANDSHAKE_LIMIT_BYTES);
    channel = packets;
    sessions.add(session, packets::close);
    try {
      serve(packets, session);
    } catch (PacketChannel.Closed e) {
      if (e.getCause() != null) {
        LOG.info("connection {} broke: {}", session.connectionId(), e.getMessage());
      }
    } catch (UncheckedIOException e) {
      LOG.info("connection {} broke: {}", session.connectionId(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("connection {} ends on an error", session.connectionId(), e);
    } finally {
      sessions.remove(session);
      try {
        session.close();
      } catch (RuntimeException e) {
        LOG.error("connection {}: rollback at its end failed", session.connectionId(), e);
      }
      packets.shutDown();
    }
  }

  private void serve(PacketChannel packets, Session session) throws PacketChannel.Closed {
    SqlException refusal = refusal();
    if (refusal != null) {
      Handshake.refuse(packets, refusal);
      return;
    }
    Handshake handshake = new Handshake(packets, server, session, remoteHost());
    CommandPhase commands;
    try {
      Handshake.Result client = handshake.run();
      packets.trust(
          Math.toIntExact((long) session.systemVariable("max_allowed_packet")),
          () -> (long) session.systemVariable("net_write_timeout"));
      commands = new CommandPhase(packets, server, session, handshake, client.capabilities());
      commands.welcome(client.schema());
    } catch (SqlException e) {
      new ReplyWriter(packets.writer(), Capabilities.OFFERED)
          .error(e.code(), e.sqlState(), e.getMessage());
      return;
    }
    commands.run();
  }

  /**
   * Why this connection can't be served, or null. SQLSTATE 08004 makes drivers go to their next
   * host.
   */
  private SqlException refusal() {
    if (server.services().sessions().size() > server.maxConnections()) {
      return SqlError.CON_COUNT.with();
    }
    if (!listener.readOnly() && server.services().engine().readOnly()) {
      return new SqlException(
          SqlError.OPTION_PREVENTS_STATEMENT,
          "08004",
          "This node is not the primary; writes go to " + server.engine().server().primaryAddress(),
          null);
    }
    return null;
  }

  private String remoteHost() {
    if (accepted.remoteAddress() instanceof InetSocketAddress address) {
      InetAddress host = address.getAddress();
      return host.isLoopbackAddress() ? "localhost" : host.getHostAddress();
    }
    return "localhost";
  }

  /** Any thread: ends the connection. */
  void close() {
    PacketChannel packets = channel;
    if (packets != null) {
      packets.close();
    }
  }
}
