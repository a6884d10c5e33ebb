package io.polarj.server.cluster;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.role.ChunkServerRole;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import io.polarj.server.role.PrimaryRole;
import io.polarj.server.role.Role;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All roles in this process. Started in order of need, stopped in reverse. */
public final class EmbeddedCluster implements Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);
  private final ArrayDeque<AutoCloseable> running = new ArrayDeque<>();
  private final List<String> endpoints = new ArrayList<>();

  private EmbeddedCluster() {}

  /** {@code progress} is told of each step. A failed start stops what was running already. */
  public static EmbeddedCluster start(
      Path dataDirectory,
      ClusterIdentity cluster,
      Settings settings,
      Ports ports,
      Consumer<String> progress) {
    EmbeddedCluster embedded = new EmbeddedCluster();
    try {
      embedded.run(dataDirectory, cluster, settings, ports, progress);
      return embedded;
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  private void run(
      Path dataDirectory,
      ClusterIdentity cluster,
      Settings settings,
      Ports ports,
      Consumer<String> progress) {
    Networks networks = Networks.together(cluster);
    progress.accept("polarctrl");
    started(PolarCtrlRole.start(dataDirectory, cluster, networks));
    ThreadLoop storageLoop = sharedLoop(settings, "storage");
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      progress.accept("chunkserver " + node);
      started(
          ChunkServerRole.start(dataDirectory, cluster, node, settings, networks, storageLoop));
    }
    progress.accept("volume, primary");
    started(
        PrimaryRole.start(
            cluster, settings, networks, storageLoop, ports.primary(), ports.readOnlyPrimary()));
  }

  private ThreadLoop sharedLoop(Settings settings, String name) {
    if (!settings.sharedLoops()) {
      return null;
    }
    ThreadLoop loop = ThreadLoop.start(name, settings.idleMode());
    running.push(loop);
    return loop;
  }

  private void started(Role role) {
    running.push(role);
    endpoints.add(role.describe());
  }

  @Override
  public List<String> endpoints() {
    return List.copyOf(endpoints);
  }

  @Override
  public void close() {
    stop(running);
  }

  /** Closes the newest first; one that fails does not keep the others running. */
  static void stop(ArrayDeque<AutoCloseable> running) {
    while (!running.isEmpty()) {
      AutoCloseable next = running.pop();
      try {
        next.close();
      } catch (Exception e) {
        LOG.error("stopping {}", next.getClass().getSimpleName(), e);
      }
    }
  }
}
