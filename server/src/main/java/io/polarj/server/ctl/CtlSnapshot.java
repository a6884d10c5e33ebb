package io.polarj.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polarj ctl snapshot}: takes, lists, deletes, restores and clones snapshots of volumes. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = "Snapshots of volumes: taken while they are written, restored and cloned.",
    subcommands = {
      CtlSnapshot.Create.class,
      CtlSnapshot.Show.class,
      CtlSnapshot.Delete.class,
      CtlSnapshot.Restore.class,
      CtlSnapshot.Clone.class
    })
final class CtlSnapshot implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  /** Something about a volume's snapshots. */
  abstract static class OfVolume extends CtlCommand.Base {
    @Parameters(index = "0", paramLabel = "VOLUME", description = "Name of the volume.")
    String volume;

    @Option(names = "--no-wait", description = "Do not wait until it is done.")
    boolean noWait;

    String path() {
      String name = URLEncoder.encode(volume, StandardCharsets.UTF_8).replace("+", "%20");
      return "/v1/volumes/" + name + "/snapshots";
    }

    /** Shows the snapshots until that one is in the state, or listed no more when that is empty. */
    void await(CtlClient ctrl, CtlScreen screen, int number, String state) {
      screen.watch(
          () -> ctrl.get(path()),
          CtlViews::snapshots,
          snapshots -> noWait || state(snapshots, number).equals(state));
    }

    private static String state(JsonNode snapshots, int number) {
      for (JsonNode snapshot : snapshots) {
        if (snapshot.path("number").asInt() == number) {
          return snapshot.path("state").asText();
        }
      }
      return "";
    }
  }

  /** Something about one snapshot. */
  abstract static class OfSnapshot extends OfVolume {
    @Parameters(index = "1", paramLabel = "NUMBER", description = "Number of the snapshot.")
    int number;

    JsonNode order(CtlClient ctrl, String what, Map<String, ?> body) {
      return ctrl.post(path() + "/" + number + "/" + what, body);
    }
  }

  /** Takes one. */
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Take a crash-consistent snapshot; writers go on.")
  static final class Create extends OfVolume {
    @Option(names = "--name", defaultValue = "", description = "What it is for.")
    private String name;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      int number = ctrl.post(path(), Map.of("name", name)).path("number").asInt();
      await(ctrl, screen, number, "READY");
      return 0;
    }
  }

  /** Lists them. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The snapshots of a volume.")
  static final class Show extends OfVolume {
    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      screen.show(ctrl.get(path()), CtlViews::snapshots);
      return 0;
    }
  }

  /** Deletes one. */
  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Delete a snapshot that no clone reads; its space is free soon after.")
  static final class Delete extends OfSnapshot {
    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      order(ctrl, "delete", Map.of());
      await(ctrl, screen, number, "");
      return 0;
    }
  }

  /** Goes back to one. */
  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description = "Make a volume that is not mounted for writing what a snapshot shows.")
  static final class Restore extends OfSnapshot {
    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      order(ctrl, "restore", Map.of());
      await(ctrl, screen, number, "READY");
      return 0;
    }
  }

  /** Makes a volume of one. */
  @Command(
      name = "clone",
      mixinStandardHelpOptions = true,
      description = "Make a new volume of a snapshot, however large, in a moment.")
  static final class Clone extends OfSnapshot {
    @Parameters(index = "2", paramLabel = "NAME", description = "Name of the new volume.")
    private String name;

    @Override
    int run(CtlClient ctrl, CtlScreen screen) {
      order(ctrl, "clone", Map.of("name", name));
      screen.watch(
          () -> find(ctrl),
          CtlViews::volumes,
          found ->
              noWait
                  || found.path(0).path("sizeBytes").asLong()
                      == found.path(0).path("targetBytes").asLong());
      return 0;
    }

    private JsonNode find(CtlClient ctrl) {
      for (JsonNode found : ctrl.get("/v1/volumes")) {
        if (found.path("name").asText().equals(name)) {
          return CtlClient.JSON.createArrayNode().add(found);
        }
      }
      return CtlClient.JSON.createArrayNode();
    }
  }
}
