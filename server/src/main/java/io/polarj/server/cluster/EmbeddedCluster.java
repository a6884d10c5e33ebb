package io.polarj.server.cluster;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.ChunkServerRole;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import io.polarj.server.role.PrimaryRole;
import io.polarj.server.role.ReplicaRole;
import io.polarj.server.role.Role;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
    Networks networks = Networks.together(cluster, settings);
    progress.accept("polarctrl");
    started(PolarCtrlRole.start(dataDirectory, cluster, settings, networks));
    ThreadLoop storageLoop = sharedLoop(settings, "storage");
    progress.accept("chunkservers");
    startStorage(dataDirectory, cluster, settings, networks, storageLoop).forEach(this::started);
    progress.accept("volume, primary");
    started(
        PrimaryRole.start(
            cluster,
            settings,
            networks,
            storageLoop,
            ports.primary(),
            ports.readOnlyPrimary(),
            false));
    for (int number = 1; number <= ports.readers(); number++) {
      progress.accept("replica " + number);
      started(
          ReplicaRole.start(
              cluster,
              settings,
              networks,
              storageLoop,
              number,
              ports.replica(number),
              ports.primary()));
    }
  }

  /** All at once: each reads its log, and that is mostly waiting. */
  static List<ChunkServerRole> startStorage(
      Path dataDirectory,
      ClusterIdentity cluster,
      Settings settings,
      Networks networks,
      ThreadLoop loop) {
    List<ChunkServerRole> started = new CopyOnWriteArrayList<>();
    List<RuntimeException> failures = new CopyOnWriteArrayList<>();
    List<Thread> starters = new ArrayList<>();
    for (int node = 1; node <= cluster.chunkServers(); node++) {
      int number = node;
      starters.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  started.add(
                      ChunkServerRole.start(
                          dataDirectory, cluster, number, settings, networks, loop));
                } catch (RuntimeException e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread starter : starters) {
      join(starter);
    }
    if (!failures.isEmpty()) {
      started.forEach(ChunkServerRole::close);
      throw failures.get(0);
    }
    return started.stream().sorted(Comparator.comparing(ChunkServerRole::describe)).toList();
  }

  private static void join(Thread starter) {
    try {
      starter.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while the ChunkServers were starting", e);
    }
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
