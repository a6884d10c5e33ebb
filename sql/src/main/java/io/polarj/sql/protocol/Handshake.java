package io.polarj.sql.protocol;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.protocol.auth.Accounts;
import io.polarj.sql.protocol.auth.AuthPlugin;
import io.polarj.sql.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The opening of a connection: greeting, optional TLS, the client's answer, a switch of the
 * authentication method where the client prefers another, and the verdict. Nothing is read from the
 * client beyond one packet at a time.
 */
final class Handshake {
  private static final int UTF8MB4 = 255;
  private static final int STATUS_AUTOCOMMIT = 2;
  private static final int ANSWER_TIMEOUT_SECONDS = 10;

  /** What the client said of itself. */
  record Result(int capabilities, String user, String schema) {}

  private record Response(
      int capabilities, String user, byte[] answer, String schema, String plugin) {}

  private final PacketChannel channel;
  private final ServerContext server;
  private final Session session;
  private final String remoteHost;

  Handshake(PacketChannel channel, ServerContext server, Session session, String remoteHost) {
    this.channel = channel;
    this.server = server;
    this.session = session;
    this.remoteHost = remoteHost;
  }

  /** Runs it; throws ACCESS_DENIED and the like, to be sent by the caller. */
  Result run() throws PacketChannel.Closed {
    byte[] nonce = Accounts.newNonce();
    greet(nonce);
    Response response = readResponse();
    AuthPlugin plugin = AuthPlugin.named(response.plugin());
    byte[] answer = response.answer();
    if (plugin == null || (plugin != server.defaultPlugin() && answer.length > 0)) {
      // the answer was made for another method (or by one we do not speak): ask again, by a method
      // of ours
      plugin = plugin == null ? server.defaultPlugin() : plugin;
      answer = switchTo(plugin, nonce);
    }
    if (!server.accounts().accepts(response.user(), plugin, answer, nonce)) {
      throw SqlError.ACCESS_DENIED.with(
          response.user(), remoteHost, answer.length > 0 ? "YES" : "NO");
    }
    if (plugin == AuthPlugin.SHA2 && answer.length > 0) {
      channel.writer().begin().writeByte(1).writeByte(3).end(); // fast authentication succeeded
    }
    session.user(response.user() + "@" + remoteHost);
    return new Result(response.capabilities(), response.user(), response.schema());
  }

  private void greet(byte[] nonce) {
    int capabilities =
        server.tls() == null ? Capabilities.OFFERED : Capabilities.OFFERED | Capabilities.SSL;
    PacketWriter out = channel.writer();
    out.sequence(0);
    out.begin().writeByte(10).writeNulTerminated(version());
    out.writeInt((int) session.connectionId());
    out.writeBytes(Arrays.copyOf(nonce, 8)).writeByte(0);
    out.writeShort(capabilities & 0xffff).writeByte(UTF8MB4).writeShort(STATUS_AUTOCOMMIT);
    out.writeShort(capabilities >>> 16).writeByte(nonce.length + 1).writeZeros(10);
    out.writeBytes(Arrays.copyOfRange(nonce, 8, nonce.length)).writeByte(0);
    out.writeNulTerminated(server.defaultPlugin().pluginName());
    out.end();
    channel.flush();
  }

  private String version() {
    return session.systemVariable("version").toString();
  }

  private Response readResponse() throws PacketChannel.Closed {
    PacketFramer.Packet packet = channel.read(ANSWER_TIMEOUT_SECONDS);
    try {
      channel.writer().sequence(packet.sequence() + 1);
      PacketReader in = packet.reader();
      int capabilities = in.readInt();
      if ((capabilities & Capabilities.PROTOCOL_41) == 0) {
        throw new SqlException(SqlError.HANDSHAKE, "Bad handshake: protocol 4.1 is needed");
      }
      if ((capabilities & Capabilities.SSL) != 0 && in.remaining() == 28) {
        if (server.tls() == null) {
          throw new SqlException(SqlError.HANDSHAKE, "Bad handshake: TLS is not configured");
        }
        channel.startTls(server.tls());
        return readResponse();
      }
      return parse(in, capabilities & Capabilities.OFFERED);
    } finally {
      packet.payload().release();
    }
  }

  private static Response parse(PacketReader in, int capabilities) {
    in.skip(4 + 1 + 23); // max packet, collation, filler
    String user = in.readNulTerminated();
    byte[] given =
        (capabilities & Capabilities.PLUGIN_AUTH_LENENC) != 0
            ? in.readLengthEncodedBytes()
            : in.readBytes(in.readByte());
    String schema = "";
    if ((capabilities & Capabilities.CONNECT_WITH_DB) != 0 && in.remaining() > 0) {
      schema = in.readNulTerminated();
    }
    String plugin = AuthPlugin.NATIVE.pluginName();
    if ((capabilities & Capabilities.PLUGIN_AUTH) != 0 && in.remaining() > 0) {
      plugin = in.readNulTerminated();
    }
    return new Response(capabilities, user, withoutZero(given), schema, plugin);
  }

  private byte[] switchTo(AuthPlugin plugin, byte[] nonce) throws PacketChannel.Closed {
    PacketWriter out = channel.writer();
    out.begin().writeByte(0xfe).writeNulTerminated(plugin.pluginName());
    out.writeBytes(nonce).writeByte(0).end();
    channel.flush();
    PacketFramer.Packet packet = channel.read(ANSWER_TIMEOUT_SECONDS);
    try {
      out.sequence(packet.sequence() + 1);
      return withoutZero(packet.reader().readRest());
    } finally {
      packet.payload().release();
    }
  }

  /** Some clients end an empty answer with a zero byte. */
  private static byte[] withoutZero(byte[] bytes) {
    return bytes.length == 1 && bytes[0] == 0 ? new byte[0] : bytes;
  }

  /** COM_CHANGE_USER: a new user in an open connection, always asked to answer anew. */
  String changeUser(PacketReader in) throws PacketChannel.Closed {
    String user = in.readNulTerminated();
    in.skip(in.readByte());
    String schema = in.remaining() > 0 ? in.readNulTerminated() : "";
    byte[] nonce = Accounts.newNonce();
    AuthPlugin plugin = server.defaultPlugin();
    byte[] answer = switchTo(plugin, nonce);
    if (!server.accounts().accepts(user, plugin, answer, nonce)) {
      throw SqlError.ACCESS_DENIED.with(user, remoteHost, answer.length > 0 ? "YES" : "NO");
    }
    if (plugin == AuthPlugin.SHA2 && answer.length > 0) {
      channel.writer().begin().writeByte(1).writeByte(3).end();
    }
    session.reset();
    session.noSchema();
    session.user(user + "@" + remoteHost);
    return schema;
  }

  /** What a client that can't be served is told in place of the greeting. */
  static void refuse(PacketChannel channel, SqlException reason) {
    PacketWriter out = channel.writer();
    out.sequence(0);
    out.begin().writeByte(0xff).writeShort(reason.code());
    out.writeBytes(
        ("#" + reason.sqlState() + reason.getMessage()).getBytes(StandardCharsets.UTF_8));
    out.end();
    channel.flush();
  }
}
