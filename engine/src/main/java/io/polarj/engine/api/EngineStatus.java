package io.polarj.engine.api;

import java.util.Map;

/**
 * Figures of a running engine. {@code appliedLsn} is the replica's applied LSN (on a primary: the
 * newest LSN); {@code counters} are named as in MySQL's SHOW GLOBAL STATUS ({@code
 * Innodb_rows_read}, ...).
 */
public record EngineStatus(
    long newestLsn,
    long durableLsn,
    long checkpointLsn,
    long appliedLsn,
    Map<String, Long> counters) {
  public EngineStatus {
    counters = Map.copyOf(counters);
  }
}
