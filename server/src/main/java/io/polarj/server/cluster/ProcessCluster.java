package io.polarj.server.cluster;

import io.polarj.server.config.ByteSize;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Every role in a process of its own, with real sockets between them; this process keeps them
 * running.
 */
final class ProcessCluster implements Cluster {
  private final ArrayDeque<RoleProcess> running = new ArrayDeque<>();
  private final List<String> endpoints = new ArrayList<>();
  private final Path data;
  private final Path logs;
  private final Settings settings;

  private ProcessCluster(Path data, Settings settings) throws IOException {
    this.data = data;
    this.settings = settings;
    this.logs = Files.createDirectories(data.resolve("log"));
  }

  static ProcessCluster start(
      Path data,
      ClusterIdentity cluster,
      Settings settings,
      Ports ports,
      Consumer<String> progress) {
    ProcessCluster processes;
    try {
      processes = new ProcessCluster(data, settings);
    } catch (IOException e) {
      throw new StartException("can't make the log directory in " + data + ": " + e, e);
    }
    try {
      processes.run(cluster, ports, progress);
      return processes;
    } catch (RuntimeException e) {
      processes.close();
      throw e;
    }
  }

  private void run(ClusterIdentity cluster, Ports ports, Consumer<String> progress) {
    progress.accept("polarctrl");
    await(role("polarctrl", 0, List.of("polarctrl")));
    progress.accept("chunkservers");
    List<RoleProcess> storage = new ArrayList<>();
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      storage.add(
          role("chunkserver-" + node, 0, List.of("chunkserver", "--node", String.valueOf(node))));
    }
    storage.forEach(this::await);
    progress.accept("volume, primary");
    String port = String.valueOf(ports.primary());
    await(
        role(
            "primary",
            settings.primaryEngine().bufferPoolBytes(),
            List.of(
                "primary",
                "--port",
                port,
                "--read-only-port",
                String.valueOf(ports.readOnlyPrimary()))));
    List<RoleProcess> replicas = new ArrayList<>();
    for (int number = 1; number <= ports.readers(); number++) {
      progress.accept("replica " + number);
      replicas.add(
          role(
              "replica-" + number,
              settings.replicaEngine().bufferPoolBytes(),
              List.of(
                  "replica",
                  "--node",
                  String.valueOf(number),
                  "--port",
                  port,
                  "--own-port",
                  String.valueOf(ports.replica(number)))));
    }
    replicas.forEach(this::await);
  }

  private RoleProcess role(String name, long poolBytes, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("role"));
    all.addAll(arguments);
    all.addAll(List.of("--data", data.toString()));
    long heap = ByteSize.parse(settings.text("process.heap"));
    List<String> options =
        List.of(
            "-Xmx" + (heap >> 20) + "m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=" + ((poolBytes + heap + (512L << 20)) >> 20) + "m",
            "-Dpolarj.log.dir=" + logs);
    RoleProcess process = new RoleProcess(name, JavaCommand.of(options, all), logs);
    running.push(process);
    return process;
  }

  private void await(RoleProcess process) {
    endpoints.add(process.awaitReady());
  }

  @Override
  public List<String> endpoints() {
    return List.copyOf(endpoints);
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }
}
