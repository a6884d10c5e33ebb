package io.polarj.server.role;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.polarj.engine.api.Engine;
import io.polarj.platform.clock.SystemClock;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.sql.exec.ServerInfo;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.protocol.Listener;
import io.polarj.sql.protocol.MySqlServer;
import io.polarj.sql.protocol.ServerContext;
import io.polarj.sql.protocol.auth.Accounts;
import io.polarj.sql.protocol.auth.AuthPlugin;
import io.polarj.sql.session.GlobalVariables;
import io.polarj.sql.session.ProcessInfo;
import io.polarj.sql.session.SessionRegistry;
import io.polarj.sql.session.SessionServices;
import java.io.File;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLException;

/** The MySQL side of a database node: sessions, statements, listeners. */
final class SqlFront implements AutoCloseable {
  private final MySqlServer server;

  private SqlFront(MySqlServer server) {
    this.server = server;
  }

  static SqlFront start(
      Engine engine, String primaryAddress, Settings settings, List<Listener> listeners) {
    SessionRegistry sessions = new SessionRegistry();
    GlobalVariables globals = new GlobalVariables();
    globals.define("port", (long) listeners.get(0).port());
    globals.define("max_connections", (long) settings.maxConnections());
    globals.define("default_authentication_plugin", settings.text("authentication"));
    SslContext tls = tls(settings);
    if (tls != null) {
      globals.define("have_ssl", "YES");
      globals.define("have_openssl", "YES");
    }
    SessionServices services =
        new SessionServices(
            engine, globals, sessions, SystemClock.INSTANCE, SystemClock.INSTANCE.wallMillis());
    ServerContext context =
        new ServerContext(
            services,
            new SqlEngine(engine, new NodeInfo(sessions, primaryAddress)),
            Accounts.of(settings.users()),
            AuthPlugin.named(settings.text("authentication")),
            tls,
            settings.maxConnections());
    MySqlServer server = new MySqlServer(context);
    try {
      for (Listener listener : listeners) {
        server.listen(listener);
      }
    } catch (IOException e) {
      server.close();
      throw new StartException(e.getMessage() + "; choose another with --port", e);
    }
    return new SqlFront(server);
  }

  private static SslContext tls(Settings settings) {
    if (settings.text("tls.certificate").isEmpty()) {
      return null;
    }
    try {
      return SslContextBuilder.forServer(
              new File(settings.text("tls.certificate")), new File(settings.text("tls.key")))
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new StartException("settings tls.certificate and tls.key: " + e.getMessage(), e);
    }
  }

  private record NodeInfo(SessionRegistry sessions, String primaryAddress) implements ServerInfo {
    @Override
    public List<ProcessInfo> processes() {
      return sessions.processes();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
