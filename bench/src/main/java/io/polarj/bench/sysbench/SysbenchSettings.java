// What a run was asked to do; immutable.
package io.polarj.bench.sysbench;

import java.util.Properties;

/**
 * The options of one run. {@code prepared}: statements prepared on the server, else sent as text.
 */
record SysbenchSettings(
    String url,
    String user,
    String password,
    int tables,
    int tableSize,
    int rangeSize,
    Distribution distribution,
    boolean prepared,
    int threads,
    int seconds,
    int warmupSeconds,
    int intervalSeconds,
    long seed) {

  Properties connection() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("useServerPrepStmts", Boolean.toString(prepared));
    // Every client prepares each statement once and keeps it: the driver's cache would only add
    // look-ups.
    properties.setProperty("prepStmtCacheSize", "0");
    properties.setProperty("cachePrepStmts", "false");
    return properties;
  }
}
