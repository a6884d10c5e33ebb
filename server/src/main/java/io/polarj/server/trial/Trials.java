// The parts that trials by processes have in common: where, with how many servers, and their
// cleaning up.
package io.polarj.server.trial;

import io.polarj.server.config.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Options of a trial on default settings, with three ChunkServers unless it wants more. */
public final class Trials {
  static final int SERVERS = 3;
  static final List<String> JVM =
      List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=896m");

  @Option(names = "--port", defaultValue = "24300", description = "PolarCtrl's; others follow.")
  private int port;

  @Option(
      names = "--in",
      defaultValue = ".",
      description = "Where the temporary data directory is made: on the disk that counts.")
  private Path in;

  @Option(names = "--set", description = "KEY=VALUE of the cluster's settings; may come often.")
  private Map<String, String> set = new TreeMap<>();

  /** What runs between the start of the processes and their end. */
  interface Body {
    void run(StorageProcesses processes, Path data) throws InterruptedException, IOException;
  }

  int run(Map<String, String> settings, Body body) throws IOException, InterruptedException {
    return run(SERVERS, settings, body);
  }

  int run(int servers, Map<String, String> settings, Body body)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(in)) {
      throw new StartException("there is no directory " + in);
    }
    Path data = Files.createTempDirectory(in.toAbsolutePath(), "polarj-trial");
    Map<String, String> all = new TreeMap<>(settings);
    all.putAll(set);
    try (StorageProcesses processes = StorageProcesses.start(data, servers, port, all, JVM)) {
      body.run(processes, data);
    } finally {
      StorageProcesses.delete(data);
    }
    return 0;
  }

  /** The load average of the last minute: figures say little without it. */
  static String load() {
    double load =
        java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return String.format(
        "load average %.1f on %d cores", load, Runtime.getRuntime().availableProcessors());
  }
}
