package io.polarj.sql.session;

/** A line of SHOW PROCESSLIST. */
public record ProcessInfo(
    long id,
    String user,
    String host,
    String schema,
    String command,
    long seconds,
    String state,
    String statement) {}
