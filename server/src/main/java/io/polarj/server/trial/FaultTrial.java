// The trial by faults: verified I/O against real processes that are killed, stopped and robbed of
// their disks.
package io.polarj.server.trial;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Faults come one after another, every kind once before any comes again. After each the trial waits
 * until every chunk takes writes again; a disk is destroyed only when all chunks are whole, for two
 * lost disks are more than three replicas promise to survive. At the end everything runs, every
 * page is read, and the replicas are compared by background verification.
 */
final class FaultTrial {
  private static final long PROGRESS_MILLIS = 60_000;
  private static final long WHOLE_MILLIS = 240_000;
  private static final int PASSES = 2;

  /** Longer than PolarCtrl takes to see that a node came back without what it had. */
  private static final long NOTICE_MILLIS = 15_000;

  /** What a run is made of. */
  record Plan(Path data, int servers, int port, long millis, long seed, int pages, boolean wipes) {}

  private final Plan plan;
  private final Consumer<String> out;
  private final SplittableRandom random;
  private final List<String> findings = new ArrayList<>();
  private final TreeMap<Fault, List<Long>> stalls = new TreeMap<>();
  private StorageProcesses processes;
  private VerifiedIo io;
  private ClusterState state;
  private long beganNanos;

  FaultTrial(Plan plan, Consumer<String> out) {
    this.plan = plan;
    this.out = out;
    this.random = new SplittableRandom(plan.seed());
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("volume.size", "128M");
    settings.put("chunk.size", "16M");
    settings.put("disk.size", "1G");
    settings.put("disk.wal.size", "32M");
    settings.put("scrub.period", "5s");
    settings.put("scrub.rate", "64M");
    return settings;
  }

  /** Runs all of it; the result is what is wrong. */
  List<String> run() throws InterruptedException {
    List<String> jvm = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=512m");
    try (StorageProcesses started =
            StorageProcesses.start(plan.data(), plan.servers(), plan.port(), settings(), jvm);
        TrialVolume volume = TrialVolume.create(started, 128L << 20, 16L << 20);
        ClusterState asked = new ClusterState(started.cluster())) {
      processes = started;
      state = asked;
      io = new VerifiedIo(volume, plan.pages(), 4, 4, 0);
      beganNanos = System.nanoTime();
      tell(
          "%d ChunkServers, 8 chunks of 16 MiB, %d pages of 16 KiB, 4 writers, 4 readers, seed %d",
          plan.servers(), plan.pages(), plan.seed());
      io.start(plan.seed());
      try {
        waitForWrites(io.writtenPerChunk(), "at the start");
        faults();
      } finally {
        io.stop();
      }
      judge(volume);
    }
    return List.copyOf(findings);
  }

  private void faults() {
    List<Fault> deck = new ArrayList<>();
    while (elapsedMillis() < plan.millis() && findings.isEmpty() && io.findings().isEmpty()) {
      if (deck.isEmpty()) {
        deck.addAll(List.of(Fault.values()));
        if (!plan.wipes()) {
          deck.remove(Fault.WIPE_DISK);
        }
      }
      commit(deck.remove(random.nextInt(deck.size())));
      Pause.millis(200 + random.nextInt(1_000));
    }
  }

  private void commit(Fault fault) {
    if (fault == Fault.WIPE_DISK && !await(WHOLE_MILLIS, state::whole)) {
      finding("chunks are not whole after " + WHOLE_MILLIS / 1000 + " s: " + state.describe());
      return;
    }
    io.writes().newSpan();
    io.reads().newSpan();
    Map<Integer, Integer> leads = state.leads();
    Map<Integer, Integer> replicas = state.replicas();
    List<RoleJvm> victims = victims(fault);
    long failedBefore = io.writes().failed() + io.reads().failed();
    long began = System.nanoTime();
    long[] before = io.writtenPerChunk();
    long lastedMillis = inflict(fault, victims);
    victims.forEach(RoleJvm::awaitReady);
    boolean served = waitForWrites(before, "after " + fault);
    long servedMillis = (System.nanoTime() - began) / 1_000_000;
    long servedNanos = System.nanoTime();
    await(PROGRESS_MILLIS, () -> settled(servedNanos)); // what this fault made wait has ended
    long write = io.writes().longestNanos() / 1_000_000;
    long read = io.reads().longestNanos() / 1_000_000;
    stalls.computeIfAbsent(fault, f -> new ArrayList<>()).add(Math.max(write, read));
    tell(
        "%-24s %-34s %5d ms; longest write %5d ms, read %5d ms; every chunk written after %5d ms%s",
        fault.what,
        names(victims, leads),
        lastedMillis,
        write,
        read,
        servedMillis,
        served ? "" : " NOT");
    long failed = io.writes().failed() + io.reads().failed() - failedBefore;
    if (failed > 0 && !fault.majorityGone) {
      finding(failed + " requests failed though a majority was there: " + io.lastError());
    }
    if (fault == Fault.WIPE_DISK) {
      if (replicas.getOrDefault(node(victims.getFirst()), 0) > 0) {
        await(NOTICE_MILLIS, state::repairing);
      }
      boolean whole = await(WHOLE_MILLIS, state::whole);
      tell("  all chunks whole again %d ms after the loss", sinceMillis(began));
      if (!whole) {
        finding("a destroyed disk was not made up for: " + state.describe());
      }
    }
  }

  private boolean settled(long sinceNanos) {
    long age = System.nanoTime() - sinceNanos;
    return io.writes().pendingNanos() < age && io.reads().pendingNanos() < age;
  }

  private static String names(List<RoleJvm> victims, Map<Integer, Integer> leads) {
    if (victims.size() > 2) {
      return "all ChunkServers";
    }
    StringBuilder text = new StringBuilder();
    for (RoleJvm victim : victims) {
      text.append(text.isEmpty() ? "" : ", ").append(victim.name());
      if (victim.name().startsWith("chunkserver-")) {
        text.append(" (leads ").append(leads.getOrDefault(node(victim), 0)).append(')');
      }
    }
    return text.toString();
  }

  private static int node(RoleJvm server) {
    return Integer.parseInt(server.name().substring("chunkserver-".length()));
  }

  private List<RoleJvm> victims(Fault fault) {
    List<Integer> nodes = new ArrayList<>(processes.nodes());
    RoleJvm one = processes.server(nodes.remove(random.nextInt(nodes.size())));
    RoleJvm two = processes.server(nodes.remove(random.nextInt(nodes.size())));
    return switch (fault) {
      case KILL_SERVER, STOP_SHORTLY, STOP_LONG, WIPE_DISK -> List.of(one);
      case KILL_TWO_SERVERS -> List.of(one, two);
      case KILL_ALL_SERVERS -> processes.nodes().stream().map(processes::server).toList();
      case KILL_POLARCTRL -> List.of(processes.polarCtrl());
    };
  }

  /** Returns how long it lasted. */
  private long inflict(Fault fault, List<RoleJvm> victims) {
    long began = System.nanoTime();
    switch (fault) {
      case STOP_SHORTLY, STOP_LONG -> {
        int millis = fault == Fault.STOP_LONG ? 3_000 + random.nextInt(5_000) : random.nextInt(700);
        victims.forEach(RoleJvm::stop);
        Pause.millis(millis);
        victims.forEach(RoleJvm::resume);
      }
      case WIPE_DISK -> {
        for (RoleJvm victim : victims) {
          victim.kill();
          processes.wipe(node(victim));
          victim.start();
        }
      }
      default -> {
        victims.forEach(RoleJvm::kill);
        Pause.millis(random.nextInt(3_000));
        victims.forEach(RoleJvm::start);
      }
    }
    return sinceMillis(began);
  }

  private boolean waitForWrites(long[] before, String when) {
    boolean all =
        await(
            PROGRESS_MILLIS,
            () -> {
              long[] now = io.writtenPerChunk();
              for (int chunk = 0; chunk < now.length; chunk++) {
                if (now[chunk] == before[chunk]) {
                  return false;
                }
              }
              return true;
            });
    if (!all) {
      finding(
          "a chunk takes no writes "
              + when
              + " within "
              + PROGRESS_MILLIS / 1000
              + " s; last error: "
              + io.lastError());
    }
    return all;
  }

  private void judge(TrialVolume volume) {
    findings.addAll(io.findings());
    int unread = io.sweep();
    tell("read every page: %d could not be read", unread);
    if (unread > 0) {
      finding(unread + " pages could not be read: " + io.lastError());
    }
    if (volume.deposed()) {
      finding("the writer was deposed");
    }
    compareReplicas();
    io.findings().stream().filter(f -> !findings.contains(f)).forEach(findings::add);
    searchLogs();
    stalls.forEach((fault, millis) -> {
      List<Long> sorted = millis.stream().sorted().toList();
      tell(
          "%-18s %3d times; longest I/O: median %d ms, most %d ms",
          fault, sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
    });
    tell(
        "%d writes and %d reads checked in %d s; %d and %d ended with EIO, no majority being there",
        io.writes().done(),
        io.reads().done(),
        elapsedMillis() / 1000,
        io.writes().failed(),
        io.reads().failed());
    findings.forEach(finding -> tell("WRONG: %s", finding));
    tell(findings.isEmpty() ? "PASS" : "FAIL");
  }

  /** Every block of every replica is read and compared with the leader's, twice. */
  private void compareReplicas() {
    boolean whole = await(WHOLE_MILLIS, () -> state.whole() && state.behind() == 0);
    Map<Integer, Integer> before = state.scrubPasses();
    boolean compared =
        whole
            && await(
                WHOLE_MILLIS,
                () -> {
                  Map<Integer, Integer> now = state.scrubPasses();
                  return !now.isEmpty()
                      && before.entrySet().stream()
                          .allMatch(e -> now.getOrDefault(e.getKey(), 0) > e.getValue() + PASSES);
                });
    Map<Integer, Integer> wrong = state.wrongBlocks();
    tell("replicas compared: wrong blocks per node %s", wrong);
    if (!compared) {
      finding("the replicas could not be compared: " + state.describe());
    }
    if (wrong.isEmpty() || wrong.values().stream().anyMatch(count -> count > 0)) {
      finding("blocks that are damaged or differ between replicas, per node: " + wrong);
    }
  }

  private void searchLogs() {
    for (RoleJvm role : processes.all()) {
      try (var lines = Files.lines(role.log(), StandardCharsets.UTF_8)) {
        lines
            .filter(line -> line.contains("INV-") || line.contains("differs from the leader"))
            .limit(3)
            .forEach(line -> finding(role.name() + " logged: " + line));
      } catch (IOException e) {
        finding("the log of " + role.name() + " can't be read: " + e);
      }
    }
  }

  private static boolean await(long millis, BooleanSupplier condition) {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Pause.millis(20);
    }
    return true;
  }

  private long elapsedMillis() {
    return sinceMillis(beganNanos);
  }

  private static long sinceMillis(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private void finding(String text) {
    findings.add(text);
  }

  private void tell(String format, Object... values) {
    long seconds = elapsedMillis() / 1000;
    out.accept(
        String.format("%02d:%02d  ", seconds / 60, seconds % 60) + String.format(format, values));
  }
}
