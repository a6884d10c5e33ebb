package io.polarj.sql.session;

import io.polarj.engine.api.Engine;
import io.polarj.platform.clock.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/** What all sessions of a node share. Immutable. */
public record SessionServices(
    Engine engine,
    GlobalVariables globals,
    SessionRegistry sessions,
    Clock clock,
    long startedMillis) {
  private static final Set<String> VIRTUAL_SCHEMAS =
      Set.of("information_schema", "mysql", "performance_schema", "sys");

  Instant now() {
    return Instant.ofEpochMilli(clock.wallMillis());
  }

  public long uptimeSeconds() {
    return Math.max(0, (clock.wallMillis() - startedMillis) / 1000);
  }

  public boolean schemaExists(String schema) {
    return engine.catalog().schemaExists(schema)
        || VIRTUAL_SCHEMAS.contains(schema.toLowerCase(Locale.ROOT));
  }
}
