package io.polarj.sim;

import io.polarj.sim.fault.CrashPoint;
import io.polarj.sim.fault.FaultPlan;
import io.polarj.sim.model.ModelCheck;
import io.polarj.storage.raft.PlantedBug;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code polarj sim}: runs scenarios by name over a range of seeds, or one seed again; fuzzes,
 * sweeps, shrinks, and runs whole campaigns.
 *
 * <p>Exit codes: 0 every run passed, 1 a law was broken, 2 a system did not recover (and nothing
 * worse), 3 the same seed gave two different runs, 4 the arguments make no sense.
 */
public final class SimCommand {
  public static final int PASSED = 0;
  public static final int LAW_BROKEN = 1;
  public static final int NOT_RECOVERED = 2;
  public static final int NOT_DETERMINISTIC = 3;
  public static final int BAD_ARGUMENTS = 4;

  private static final String USAGE =
      """
      polarj sim run --scenario NAME [--seed N] [--count N] [--budget SECONDS]
      polarj sim replay --scenario NAME --seed N [--faults LIST] [--clients N] [--chaos MILLIS] [--crash POINT]
      polarj sim fuzz [--budget SECONDS] [--seed N] [--threads N]
      polarj sim determinism [--scenario NAME] [--seed N] [--count N]
      polarj sim crash-points [--scenario NAME] [--seed N] [--step N]
      polarj sim shrink --scenario NAME --seed N [--runs N]
      polarj sim campaign --seeds N [--seed N] [--threads N] [--state FILE]
        NAME          raft, members, replaced-disk, cluster, bit-rot, power-cut, tight-log, lost-node, snapshots, paxos; run knows model too
        run           seeds N, N+1, ... (from 1), count of them (20), no new one after the budget
        replay        one seed twice: both runs must be the same, event for event; with the parts that shrink left over
        fuzz          drawn scenarios on all cores until the budget is spent (60) or a run fails; the first seed is drawn and printed
        determinism   every seed (20) of one or all scenarios twice: the hashes of all events must be the same
        crash-points  power is cut after every single request (every Nth) to the disk of a short run, of one host, of all, and again in recovery
        shrink        fewer faults, clients and time that break the same law (not of paxos), and how to replay them
        campaign      N seeds, from 1, of all scenarios in fixed shares; goes on where it was stopped; ends with a table
        model         the exhaustive check of the consensus rules; knows no seeds
        --plant BUG   on run, replay, shrink: with a bug, to see that it is caught
      """;

  private final PrintStream out;
  private final TreeMap<String, String> options = new TreeMap<>();

  private SimCommand(PrintStream out) {
    this.out = out;
  }

  /** Runs what the arguments behind {@code polarj sim} say, and returns the exit code. */
  public static int run(List<String> arguments, PrintStream out) {
    SimCommand command = new SimCommand(out);
    try {
      return command.dispatch(arguments);
    } catch (IllegalArgumentException bad) {
      out.println(bad.getMessage());
      out.print(USAGE);
      return BAD_ARGUMENTS;
    }
  }

  private int dispatch(List<String> arguments) {
    String verb = arguments.isEmpty() ? "" : arguments.getFirst();
    Set<String> known =
        switch (verb) {
          case "run" -> Set.of("--scenario", "--seed", "--count", "--budget", "--plant");
          case "replay" ->
              Set.of(
                  "--scenario", "--seed", "--faults", "--clients", "--chaos", "--crash", "--plant");
          case "fuzz" -> Set.of("--budget", "--seed", "--threads");
          case "determinism" -> Set.of("--scenario", "--seed", "--count");
          case "crash-points" -> Set.of("--scenario", "--seed", "--step", "--plant");
          case "shrink" -> Set.of("--scenario", "--seed", "--runs", "--plant");
          case "campaign" -> Set.of("--seeds", "--seed", "--threads", "--state");
          default -> throw new IllegalArgumentException("say what to do, not '" + verb + "'");
        };
    for (int i = 1; i < arguments.size(); i += 2) {
      if (!known.contains(arguments.get(i))) {
        throw new IllegalArgumentException(verb + " has no option " + arguments.get(i));
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(arguments.get(i) + " needs a value");
      }
      options.put(arguments.get(i), arguments.get(i + 1));
    }
    return switch (verb) {
      case "run" -> text("--scenario", "").equals("model") ? model() : runSeeds();
      case "replay" -> replay();
      case "fuzz" -> fuzz();
      case "determinism" -> determinism();
      case "crash-points" -> crashPoints();
      case "shrink" -> shrink();
      default -> campaign();
    };
  }

  // ---- arguments

  private String text(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  private long number(String name, long otherwise) {
    String value = options.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // said below
    }
    throw new IllegalArgumentException(name + " needs a number from 0, not '" + value + "'");
  }

  private int threads() {
    return (int) Math.max(1, number("--threads", Runtime.getRuntime().availableProcessors()));
  }

  private NamedScenario scenario() {
    return NamedScenario.of(text("--scenario", ""));
  }

  private List<NamedScenario> scenarios() {
    return options.containsKey("--scenario")
        ? List.of(scenario())
        : List.of(NamedScenario.values());
  }

  private Trial trial(NamedScenario scenario) {
    Trial whole = Trial.ofAll(scenario);
    try {
      return new Trial(
          FaultPlan.parse(text("--faults", "all")),
          (int) number("--clients", whole.clients()),
          (int) number("--chaos", whole.chaosMillis()),
          crashPoint(),
          options.containsKey("--plant")
              ? Set.of(PlantedBug.valueOf(text("--plant", "")))
              : Set.of());
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException(
          "--faults needs numbers, as in 3,17, or none or all", malformed);
    }
  }

  private CrashPoint crashPoint() {
    String text = options.get("--crash");
    if (text == null) {
      return CrashPoint.NONE;
    }
    String[] parts = text.split(",");
    if (parts.length != 3) {
      throw new IllegalArgumentException("--crash needs REQUEST,one|all,AGAIN, not '" + text + "'");
    }
    return new CrashPoint(
        Long.parseLong(parts[0]), parts[1].equals("all"), Long.parseLong(parts[2]));
  }

  // ---- verbs

  private void header(String scenario, String what) {
    out.printf("sim %s, %s, JDK %s%n", scenario, what, Runtime.version());
  }

  private int runSeeds() {
    NamedScenario scenario = scenario();
    Trial trial = trial(scenario);
    long seed = number("--seed", 1);
    long count = number("--count", 20);
    long budgetSeconds = number("--budget", Long.MAX_VALUE / 1_000_000_000L);
    header(scenario.title(), "seeds %d..%d".formatted(seed, seed + count - 1));
    long began = System.nanoTime();
    List<Long> failed = new ArrayList<>();
    int worst = PASSED;
    long runs = 0;
    while (runs < count && (System.nanoTime() - began) / 1_000_000_000L < budgetSeconds) {
      Run run = scenario.run(seed + runs, trial);
      out.println(run.line());
      if (!run.passed()) {
        failed.add(seed + runs);
        worst = worst == LAW_BROKEN ? worst : run.code();
      }
      runs++;
    }
    long seconds = (System.nanoTime() - began) / 1_000_000_000L;
    out.printf("%d runs in %d s, %d failed%n", runs, seconds, failed.size());
    for (long number : failed) {
      out.printf(
          "replay: polarj sim replay --scenario %s --seed %d%s%n",
          scenario.title(), number, trial.arguments(scenario));
    }
    return worst;
  }

  private int replay() {
    NamedScenario scenario = scenario();
    Trial trial = trial(scenario);
    long seed = number("--seed", 1);
    header(scenario.title(), "seed " + seed + ", twice");
    Run first = scenario.run(seed, trial);
    Run second = scenario.run(seed, trial);
    if (!first.passed()) {
      first.trace().faults().forEach(out::println);
    }
    out.println(first.line());
    if (!same(first, second)) {
      out.println("the second run differs: " + second.line());
      return NOT_DETERMINISTIC;
    }
    return first.code();
  }

  private static boolean same(Run first, Run second) {
    return first.traceHash() == second.traceHash() && first.line().equals(second.line());
  }

  private int fuzz() {
    long first = number("--seed", Math.floorMod(System.nanoTime() * 0x9E3779B97F4A7C15L, 1L << 40));
    return new Fuzz(out, first, number("--budget", 60)).fuzz(threads());
  }

  private int determinism() {
    long seed = number("--seed", 1);
    long count = number("--count", 20);
    long different = 0;
    for (NamedScenario scenario : scenarios()) {
      header(scenario.title(), "seeds %d..%d, each twice".formatted(seed, seed + count - 1));
      for (long at = seed; at < seed + count; at++) {
        Run first = scenario.run(at);
        Run second = scenario.run(at);
        if (!same(first, second)) {
          different++;
          out.printf("seed %d: %s%n     and then: %s%n", at, first.line(), second.line());
        }
      }
    }
    out.printf("%d seeds ran differently the second time%n", different);
    return different == 0 ? PASSED : NOT_DETERMINISTIC;
  }

  private int crashPoints() {
    long seed = number("--seed", 1);
    long step = Math.max(1, number("--step", 1));
    int failures = 0;
    for (NamedScenario scenario : scenarios()) {
      if (!scenario.shrinks()) {
        continue;
      }
      CrashSweep sweep = new CrashSweep(scenario, seed);
      header(scenario.title(), "seed " + seed + ", a power cut after every request to a disk");
      long requests = sweep.sweep(trial(scenario).withChaos(CrashSweep.SHORT_MILLIS), step);
      sweep.failures().forEach(out::println);
      out.printf(
          "%d requests, %d crash points, %d failed%n",
          requests, sweep.points(), sweep.failures().size() / 2);
      failures += sweep.failures().size();
    }
    return failures == 0 ? PASSED : LAW_BROKEN;
  }

  private int shrink() {
    NamedScenario scenario = scenario();
    if (!scenario.shrinks()) {
      throw new IllegalArgumentException("faults of " + scenario.title() + " can not be left out");
    }
    long seed = number("--seed", 1);
    Shrinker shrinker = new Shrinker(scenario, seed, (int) number("--runs", 300));
    header(scenario.title(), "seed " + seed + ", smaller and smaller");
    Trial least = shrinker.shrink(trial(scenario));
    if (least == null) {
      out.println("the seed passes: " + shrinker.failing().line());
      return PASSED;
    }
    shrinker.failing().trace().faults().forEach(out::println);
    out.println(shrinker.failing().line());
    out.printf(
        "%d faults, %d clients, %d ms of chaos are enough (%d runs)%n",
        shrinker.failing().trace().faults().size(),
        least.clients(),
        least.chaosMillis(),
        shrinker.runs());
    out.printf(
        "replay: polarj sim replay --scenario %s --seed %d%s%n",
        scenario.title(), seed, least.arguments(scenario));
    return shrinker.failing().code();
  }

  private int campaign() {
    if (!options.containsKey("--seeds")) {
      throw new IllegalArgumentException("campaign needs --seeds N");
    }
    long seeds = number("--seeds", 0);
    long first = number("--seed", 1);
    Path state = Path.of(text("--state", "sim-campaign-%d-from-%d.txt".formatted(seeds, first)));
    return new Campaign(out, state, first, seeds).run(threads());
  }

  private int model() {
    header("model", "every history of at most four terms");
    boolean published = true;
    boolean built = true;
    for (ModelCheck.Bounds bounds :
        List.of(ModelCheck.Bounds.THREE_TERMS, ModelCheck.Bounds.FOUR_TERMS)) {
      ModelCheck.Result paper = ModelCheck.published(bounds);
      out.println("ParallelRaft as published: " + paper);
      ModelCheck.Result ours = ModelCheck.corrected(bounds);
      out.println("ParallelRaft as built: " + ours);
      published &= paper.violation() != null;
      built &= ours.violation() == null && ours.complete();
    }
    return published && built ? PASSED : LAW_BROKEN;
  }
}
