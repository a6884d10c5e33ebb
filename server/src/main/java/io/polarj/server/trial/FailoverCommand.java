package io.polarj.server.trial;

import io.polarj.server.config.StartException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code polarj bench failover}: how long requests wait when the process that leads most chunks is
 * killed or stopped, on default settings.
 */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = "Longest request while the leader's process is killed or stopped, in rounds.")
public final class FailoverCommand implements Callable<Integer> {
  private static final long LIMIT_MILLIS = 60_000;
  private static final long WATCHED_MILLIS = 3_000;

  @Mixin private Trials trials;

  @Option(names = "--rounds", defaultValue = "10", description = "Of each fault.")
  private int rounds;

  private final List<Long> afterKill = new ArrayList<>();
  private final List<Long> afterStop = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.of("volume.size", "128M", "chunk.size", "16M", "disk.size", "1G");
    return trials.run(
        settings,
        (processes, data) -> {
          try (TrialVolume volume = TrialVolume.create(processes, 128L << 20, 16L << 20);
              ClusterState state = new ClusterState(processes.cluster())) {
            VerifiedIo io = new VerifiedIo(volume, 4_000, 8, 8, 5);
            io.start(1);
            try {
              for (int round = 1; round <= rounds; round++) {
                kill(processes, state, io);
                stop(processes, state, io);
              }
            } finally {
              io.stop();
            }
            print("kill -9", afterKill);
            print("SIGSTOP", afterStop);
            System.out.println(Trials.load());
            if (!io.findings().isEmpty() || io.writes().failed() + io.reads().failed() > 0) {
              throw new StartException("WRONG: " + io.findings() + " " + io.lastError());
            }
          }
        });
  }

  private void kill(StorageProcesses processes, ClusterState state, VerifiedIo io) {
    RoleJvm victim = victim(processes, state, io);
    victim.kill();
    Pause.millis(WATCHED_MILLIS);
    afterKill.add(longest("kill -9", victim, io));
    victim.start();
    victim.awaitReady();
  }

  private void stop(StorageProcesses processes, ClusterState state, VerifiedIo io) {
    RoleJvm victim = victim(processes, state, io);
    victim.stop();
    Pause.millis(WATCHED_MILLIS);
    afterStop.add(longest("SIGSTOP", victim, io));
    victim.resume();
  }

  private static RoleJvm victim(StorageProcesses processes, ClusterState state, VerifiedIo io) {
    await("whole", () -> state.whole() && state.behind() == 0);
    Pause.millis(1_500); // what the fault before delayed has ended, and reports are new
    await("led", () -> state.leads().values().stream().anyMatch(leads -> leads > 0));
    int node =
        state.leads().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    io.writes().newSpan();
    io.reads().newSpan();
    return processes.server(node);
  }

  private static long longest(String fault, RoleJvm victim, VerifiedIo io) {
    long write = io.writes().longestNanos() / 1_000_000;
    long read = io.reads().longestNanos() / 1_000_000;
    System.out.printf(
        "%s of %s: longest write %d ms, longest read %d ms%n", fault, victim.name(), write, read);
    return Math.max(write, read);
  }

  private static void print(String fault, List<Long> longest) {
    List<Long> sorted = longest.stream().sorted().toList();
    System.out.printf(
        "| %s | %d rounds | median %d ms | longest %d ms |%n",
        fault, sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new StartException("the chunks are not " + what + " within a minute");
      }
      Pause.millis(50);
    }
  }
}
