package io.polarj.sql.protocol;

/**
 * A port to listen on. A read-write listener serves only while the node is the primary; a read-only
 * one always, and refuses writes even on the primary. Port 0 takes a free one.
 */
public record Listener(String host, int port, boolean readOnly) {}
