package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.polarj.polarctrl.view.RecoveryView;
import io.polarj.server.cluster.OfflineCtrl;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code polarj ctl recover}: rebuilds PolarCtrl's database from what the ChunkServers hold. Works
 * on a running cluster, and on a stopped one, which can not start without its database.
 */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description =
        "Rebuild volumes that PolarCtrl's database does not know from the ChunkServers' reports."
            + " Without --yes it only shows what could be rebuilt.")
final class CtlRecover implements Callable<Integer> {
  private static final int OFFLINE_SECONDS = 60;
  @Mixin private CtlTarget target;

  @Option(names = "--yes", description = "Do it.")
  private boolean yes;

  @Option(
      names = "--name",
      paramLabel = "ID=NAME",
      description = "Name of a volume that does not know its own.")
  private Map<Long, String> names = new TreeMap<>();

  @Override
  public Integer call() {
    CtlScreen screen = new CtlScreen(System.out, target.json());
    boolean running = target.remote() || DataDirectory.inUse(target.data());
    JsonNode result = running ? online() : offline();
    screen.show(result, CtlViews::recovery);
    return result.path("problems").isEmpty() ? 0 : 1;
  }

  private JsonNode online() {
    Map<String, String> given = new LinkedHashMap<>();
    names.forEach((id, name) -> given.put(String.valueOf(id), name));
    try (CtlClient ctrl = target.open()) {
      return ctrl.post("/v1/recovery", Map.of("apply", yes, "names", given));
    }
  }

  private JsonNode offline() {
    ClusterIdentity cluster = ClusterIdentity.read(target.data());
    if (cluster == null) {
      throw new StartException("there is no cluster in " + target.data());
    }
    Settings settings = Settings.read(target.data());
    try (DataDirectory directory = DataDirectory.open(target.data());
        OfflineCtrl offline = OfflineCtrl.start(directory.path(), cluster, settings)) {
      RecoveryView found = settled(offline, cluster.chunkServers());
      RecoveryView done = yes ? offline.ask(operator -> operator.recover(true, names)) : found;
      return CtlClient.JSON.valueToTree(done);
    }
  }

  /** What can be rebuilt once all have reported, or when that takes too long. */
  private RecoveryView settled(OfflineCtrl offline, int chunkServers) {
    AtomicInteger asked = new AtomicInteger();
    return Repeat.until(
        () -> offline.ask(operator -> operator.recover(false, names)),
        found ->
            asked.incrementAndGet() > OFFLINE_SECONDS
                || (found.problems().isEmpty()
                    && offline.ask(operator -> operator.nodes().size()) == chunkServers));
  }
}
