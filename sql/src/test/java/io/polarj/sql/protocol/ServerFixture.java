package io.polarj.sql.protocol;

import io.netty.handler.ssl.SslContext;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.pfs.local.LocalFileSystem;
import io.polarj.platform.clock.SystemClock;
import io.polarj.sql.exec.ServerInfo;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.protocol.auth.Accounts;
import io.polarj.sql.protocol.auth.AuthPlugin;
import io.polarj.sql.session.GlobalVariables;
import io.polarj.sql.session.ProcessInfo;
import io.polarj.sql.session.SessionRegistry;
import io.polarj.sql.session.SessionServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A whole server on loopback over a real engine on local files: a read-write port and a read-only
 * one. Users: root without a password, ann with the password "secret of ann".
 */
final class ServerFixture implements AutoCloseable {
  static final String PASSWORD = "secret of ann";

  final PrimaryEngine engine;
  final SessionServices services;
  private final MySqlServer server;
  final int port;
  final int readOnlyPort;

  private ServerFixture(Path directory, AuthPlugin plugin, SslContext tls, int port)
      throws IOException {
    engine =
        PrimaryEngine.create(
            new LocalFileSystem(directory, false),
            new EngineConfig(32L << 20, 8L << 20, 16 << 20, 64L << 20, 75, 5));
    SessionRegistry sessions = new SessionRegistry();
    services =
        new SessionServices(
            engine,
            new GlobalVariables(),
            sessions,
            SystemClock.INSTANCE,
            SystemClock.INSTANCE.wallMillis());
    server =
        new MySqlServer(
            new ServerContext(
                services,
                new SqlEngine(engine, new Info(sessions)),
                Accounts.of(Map.of("root", "", "ann", PASSWORD)),
                plugin,
                tls,
                200));
    this.port = server.listen(new Listener("127.0.0.1", port, false));
    this.readOnlyPort = server.listen(new Listener("127.0.0.1", 0, true));
    engine.createSchema("test");
  }

  static ServerFixture start(Path directory) throws IOException {
    return new ServerFixture(directory, AuthPlugin.NATIVE, null, 0);
  }

  static ServerFixture start(Path directory, AuthPlugin plugin, SslContext tls) throws IOException {
    return new ServerFixture(directory, plugin, tls, 0);
  }

  /** For clients outside of the test: directory, port. Runs until its standard input ends. */
  public static void main(String[] arguments) throws IOException {
    try (ServerFixture server =
        new ServerFixture(
            Path.of(arguments[0]), AuthPlugin.NATIVE, null, Integer.parseInt(arguments[1]))) {
      System.out.println("port " + server.port + ", read-only " + server.readOnlyPort);
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }

  String mariadbUrl(String options) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/test?user=root&" + options;
  }

  String mysqlUrl(String options) {
    return "jdbc:mysql://127.0.0.1:" + port + "/test?user=root&" + options;
  }

  private record Info(SessionRegistry sessions) implements ServerInfo {
    @Override
    public List<ProcessInfo> processes() {
      return sessions.processes();
    }

    @Override
    public String primaryAddress() {
      return "127.0.0.1:3306";
    }
  }

  @Override
  public void close() {
    server.close();
    engine.close();
  }
}
