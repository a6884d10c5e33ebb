package io.polarj.sql.protocol;

import io.netty.handler.ssl.SslContext;
import io.polarj.sql.exec.SqlEngine;
import io.polarj.sql.protocol.auth.Accounts;
import io.polarj.sql.protocol.auth.AuthPlugin;
import io.polarj.sql.session.SessionServices;

/**
 * What all connections of a node share. {@code tls} null: not offered. {@code defaultPlugin}: the
 * authentication method that the handshake begins with; clients may switch to the other.
 */
public record ServerContext(
    SessionServices services,
    SqlEngine engine,
    Accounts accounts,
    AuthPlugin defaultPlugin,
    SslContext tls,
    int maxConnections) {}
