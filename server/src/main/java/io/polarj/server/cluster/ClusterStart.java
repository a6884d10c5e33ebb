package io.polarj.server.cluster;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;

/**
 * What {@code polarj up} was asked for, and its start: directory locked, settings and ports
 * checked, identity made if the cluster is new, then the roles.
 */
public record ClusterStart(Path data, int readers, int port, boolean processes) {
  private static final int INTERNAL_PORT_DISTANCE = 100;
  private static final int HIGHEST_READERS = 15;

  public ClusterStart {
    if (readers < 0 || readers > HIGHEST_READERS) {
      throw new StartException("--readers " + readers + " is not in 0.." + HIGHEST_READERS);
    }
  }

  /** Returns when the cluster serves. */
  public Cluster run(Consumer<String> progress) {
    DataDirectory directory = DataDirectory.open(data);
    try {
      Settings settings = Settings.read(data);
      Ports ports = new Ports(settings.text("mysql.host"), port, readers);
      ports.checkFree();
      ClusterIdentity known = ClusterIdentity.read(data);
      ClusterIdentity identity = known == null ? newIdentity(settings) : known;
      checkInternalPorts(
          identity,
          settings,
          known == null
              ? "choose others with --port"
              : "it is this cluster's own since it was made ("
                  + data.resolve(ClusterIdentity.FILE)
                  + "): stop what uses it");
      if (known == null) {
        write(identity);
      }
      directory.writePid();
      Cluster cluster =
          processes
              ? ProcessCluster.start(data, identity, settings, ports, progress)
              : EmbeddedCluster.start(data, identity, settings, ports, progress);
      return new Locked(cluster, directory);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private ClusterIdentity newIdentity(Settings settings) {
    return new ClusterIdentity(
        new SecureRandom().nextLong() | 1,
        settings.text("internal.host"),
        port + INTERNAL_PORT_DISTANCE,
        settings.chunkServers());
  }

  private void write(ClusterIdentity made) {
    try {
      made.write(data);
    } catch (IOException e) {
      throw new StartException("can't write to " + data + ": " + e, e);
    }
  }

  private static void checkInternalPorts(
      ClusterIdentity identity, Settings settings, String wayOut) {
    Ports.checkFree(identity.host(), identity.polarCtrl().port(), wayOut);
    Ports.checkFree(identity.host(), identity.announcer().port(), wayOut);
    if (settings.adminApi()) {
      Ports.checkFree(settings.text("ctrl.http.host"), identity.adminPort(), wayOut);
    }
    for (int node = 1; node <= identity.chunkServers(); node++) {
      Ports.checkFree(identity.host(), identity.chunkServer(node).port(), wayOut);
    }
  }

  /** A cluster that holds its directory until it is closed. */
  private record Locked(Cluster cluster, DataDirectory directory) implements Cluster {
    @Override
    public List<String> endpoints() {
      return cluster.endpoints();
    }

    @Override
    public void close() {
      try {
        cluster.close();
      } finally {
        directory.close();
      }
    }
  }
}
