package io.polarj.server.command;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.server.role.ChunkServerRole;
import io.polarj.server.role.Networks;
import io.polarj.server.role.PolarCtrlRole;
import io.polarj.server.role.PrimaryRole;
import io.polarj.server.role.ReplicaRole;
import io.polarj.server.role.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code polarj role}: one role in this process, as {@code up --processes} starts them. It prints
 * {@code ready} when it serves, and ends when its standard input does: roles do not outlive the
 * process that keeps them.
 */
@Command(
    name = "role",
    mixinStandardHelpOptions = true,
    description = "Run one role of a cluster in this process.")
public final class RoleCommand implements Callable<Integer> {
  /** The roles that can be run alone. */
  enum Name {
    polarctrl,
    chunkserver,
    primary,
    replica
  }

  @Mixin private DataOption data;

  @Parameters(index = "0", description = "One of ${COMPLETION-CANDIDATES}.")
  private Name name;

  @Option(names = "--node", defaultValue = "1", description = "Number of the node, from 1.")
  private int node;

  @Option(names = "--port", defaultValue = "3406", description = "The primary's MySQL port.")
  private int port;

  @Option(names = "--own-port", defaultValue = "0", description = "This node's MySQL port.")
  private int ownPort;

  @Option(
      names = "--read-only-port",
      defaultValue = "0",
      description = "The primary's second port.")
  private int readOnlyPort;

  @Option(
      names = "--wal",
      description = "chunkserver: device or file of its disk's log; else disk.wal.directory says.")
  private Path wal;

  @Override
  public Integer call() {
    ClusterIdentity cluster = ClusterIdentity.read(data.path());
    if (cluster == null) {
      throw new StartException("there is no cluster in " + data.path() + "; `polarj up` makes one");
    }
    Settings settings = Settings.read(data.path());
    Networks networks = Networks.separate(cluster, settings);
    Role role =
        switch (name) {
          case polarctrl -> PolarCtrlRole.start(data.path(), cluster, settings, networks);
          case chunkserver ->
              ChunkServerRole.start(
                  data.path(),
                  wal == null ? settings.walFile(node) : wal,
                  cluster,
                  node,
                  settings,
                  networks,
                  null);
          case primary ->
              PrimaryRole.start(cluster, settings, networks, null, port, readOnlyPort, true);
          case replica -> ReplicaRole.start(cluster, settings, networks, null, node, ownPort, port);
        };
    Runtime.getRuntime().addShutdownHook(new Thread(role::close, "stop"));
    System.out.println("ready " + role.describe());
    System.out.flush();
    awaitEndOfInput();
    System.exit(0);
    return 0;
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        continue; // nothing is said on it; only its end counts
      }
    } catch (IOException e) {
      throw new StartException("standard input broke: " + e, e);
    }
  }
}
