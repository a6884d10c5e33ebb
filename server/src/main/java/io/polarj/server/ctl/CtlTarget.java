package io.polarj.server.ctl;

import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which PolarCtrl is meant, and how its answers are shown. */
final class CtlTarget {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "polarj-data",
      description = "The cluster's data directory, to find PolarCtrl by (default: ./polarj-data).")
  private Path data;

  @Option(
      names = "--ctrl",
      paramLabel = "HOST:PORT",
      description = "The admin API of PolarCtrl; no data directory is needed then.")
  private String address;

  @Option(names = "--json", description = "Print what PolarCtrl answers, as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  Path data() {
    return data.toAbsolutePath().normalize();
  }

  /** Whether the address was given, so that the data directory does not matter. */
  boolean remote() {
    return address != null;
  }

  CtlClient open() {
    if (address != null) {
      return new CtlClient(address);
    }
    ClusterIdentity cluster = ClusterIdentity.read(data());
    if (cluster == null) {
      throw new StartException(
          "there is no cluster in " + data() + "; name it with --data DIR or --ctrl HOST:PORT");
    }
    Settings settings = Settings.read(data());
    if (!settings.adminApi()) {
      throw new StartException("the setting ctrl.http.host is off: PolarCtrl has no admin API");
    }
    String host = settings.text("ctrl.http.host");
    String reachable = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    return new CtlClient(reachable + ":" + cluster.adminPort());
  }
}
