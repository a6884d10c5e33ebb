// PolarCtrl and ChunkServers as processes over real sockets on loopback, without a database on top.
package io.polarj.server.trial;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.ChunkServerRole;
import io.polarj.server.role.Networks;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All processes end when this is closed, and when this process ends in any other way. */
final class StorageProcesses implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path data;
  private final ClusterIdentity cluster;
  private final RoleJvm polarCtrl;
  private final TreeMap<Integer, RoleJvm> servers = new TreeMap<>();
  private final Thread lastResort = new Thread(this::endAll, "end-processes");

  private StorageProcesses(Path data, ClusterIdentity cluster, List<String> jvmOptions)
      throws IOException {
    this.data = data;
    this.cluster = cluster;
    Path logs = Files.createDirectories(data.resolve("log"));
    this.polarCtrl = role("polarctrl", jvmOptions, List.of("polarctrl"), logs);
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      List<String> arguments = List.of("chunkserver", "--node", String.valueOf(node));
      servers.put(node, role("chunkserver-" + node, jvmOptions, arguments, logs));
    }
  }

  private RoleJvm role(String name, List<String> jvmOptions, List<String> arguments, Path logs) {
    List<String> options = new ArrayList<>(jvmOptions);
    options.add("-Dpolarj.log.dir=" + logs);
    List<String> all = new ArrayList<>(List.of("role"));
    all.addAll(arguments);
    all.addAll(List.of("--data", data.toString()));
    return new RoleJvm(name, options, all, logs);
  }

  /**
   * A new cluster in an empty directory.
   *
   * @param port PolarCtrl's; the ChunkServers' follow, the admin API is 81 above
   */
  static StorageProcesses start(
      Path data, int servers, int port, Map<String, String> settings, List<String> jvmOptions) {
    try {
      Files.createDirectories(data);
      ClusterIdentity cluster =
          new ClusterIdentity(new SecureRandom().nextLong() | 1, HOST, port, servers);
      cluster.write(data);
      StringBuilder text = new StringBuilder("chunkservers = " + servers + "\n");
      settings.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
      Files.writeString(data.resolve(Settings.FILE), text.toString());
      Settings.read(data); // refuses what is wrong before anything runs
      StorageProcesses processes = new StorageProcesses(data, cluster, jvmOptions);
      try {
        processes.startAll();
        return processes;
      } catch (RuntimeException e) {
        processes.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StartException("can't write to " + data + ": " + e.getMessage(), e);
    }
  }

  private void startAll() {
    Runtime.getRuntime().addShutdownHook(lastResort);
    polarCtrl.start();
    servers.values().forEach(RoleJvm::start);
    polarCtrl.awaitReady();
    servers.values().forEach(RoleJvm::awaitReady);
  }

  /** For a client in this process, connected like the roles among themselves. */
  Networks networks() {
    return Networks.separate(cluster, Settings.read(data));
  }

  ClusterIdentity cluster() {
    return cluster;
  }

  RoleJvm polarCtrl() {
    return polarCtrl;
  }

  RoleJvm server(int node) {
    return servers.get(node);
  }

  List<Integer> nodes() {
    return List.copyOf(servers.keySet());
  }

  List<RoleJvm> all() {
    List<RoleJvm> all = new ArrayList<>(servers.values());
    all.add(polarCtrl);
    return all;
  }

  /** Destroys what a killed ChunkServer had on its disk. */
  void wipe(int node) {
    delete(ChunkServerRole.diskFile(data, node).getParent());
  }

  private void endAll() {
    all().forEach(RoleJvm::close);
  }

  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      return; // it is running
    }
  }

  static void delete(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, IOException error)
                throws IOException {
              Files.delete(at);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new StartException("can't remove " + directory + ": " + e.getMessage(), e);
    }
  }
}
