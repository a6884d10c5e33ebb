package io.polarj.sim;

import io.polarj.sim.cluster.ClusterOptions;
import io.polarj.sim.cluster.ClusterScenario;
import io.polarj.sim.model.ModelCheck;
import io.polarj.sim.paxos.PaxosScenario;
import io.polarj.sim.raft.Options;
import io.polarj.sim.raft.Scenario;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * {@code polarj sim}: runs scenarios by name over a range of seeds, or one seed again.
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
      polarj sim replay --scenario NAME --seed N
        NAME    raft, members, replaced-disk, cluster, bit-rot, lost-node, power-cut, tight-log, paxos, or model
        run     seeds N, N+1, ... (from 1), count of them (20), no new one after the budget
        replay  one seed twice: both runs must be the same, event for event
        model   the exhaustive check of the consensus rules; knows no seeds
      """;

  private final PrintStream out;
  private String scenario = "";
  private long seed = 1;
  private long count = 20;
  private long budgetSeconds = Long.MAX_VALUE / 1_000_000_000L;

  /** What is common to the reports of all scenarios. */
  private record Run(String violation, long traceHash, String line) {
    int code() {
      return violation == null
          ? PASSED
          : violation.startsWith("liveness") ? NOT_RECOVERED : LAW_BROKEN;
    }
  }

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
    for (int i = 1; i < arguments.size(); i += 2) {
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(arguments.get(i) + " needs a value");
      }
      option(arguments.get(i), arguments.get(i + 1));
    }
    return switch (verb) {
      case "run" -> scenario.equals("model") ? model() : runSeeds(runner());
      case "replay" -> replay(runner());
      default -> throw new IllegalArgumentException("say run or replay, not '" + verb + "'");
    };
  }

  private void option(String name, String value) {
    switch (name) {
      case "--scenario" -> scenario = value;
      case "--seed" -> seed = number(name, value);
      case "--count" -> count = number(name, value);
      case "--budget" -> budgetSeconds = number(name, value);
      default -> throw new IllegalArgumentException("unknown option " + name);
    }
  }

  private static long number(String name, String value) {
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

  private LongFunction<Run> runner() {
    return switch (scenario) {
      case "raft" -> raft(Options.DEFAULT);
      case "members" -> raft(Options.DEFAULT.reconfiguring());
      case "replaced-disk" -> raft(Options.DEFAULT.replacingDisks());
      case "cluster" -> cluster(ClusterOptions.DEFAULT);
      case "bit-rot" -> cluster(ClusterOptions.DEFAULT.withBitRot());
      case "lost-node" -> cluster(ClusterOptions.DEFAULT.losingNode());
      case "power-cut" -> cluster(ClusterOptions.DEFAULT.withPowerCut());
      case "tight-log" -> cluster(ClusterOptions.DEFAULT.withTightLog());
      case "paxos" -> paxos();
      default ->
          throw new IllegalArgumentException(
              "scenario '"
                  + scenario
                  + "' is none of raft, members, replaced-disk, cluster, bit-rot, lost-node, power-cut, tight-log, paxos,"
                  + " model");
    };
  }

  private static LongFunction<Run> raft(Options options) {
    return number -> {
      var report = Scenario.run(number, options);
      return new Run(report.violation(), report.traceHash(), report.toString());
    };
  }

  private static LongFunction<Run> cluster(ClusterOptions options) {
    return number -> {
      var report = ClusterScenario.run(number, options);
      return new Run(report.violation(), report.traceHash(), report.toString());
    };
  }

  private static LongFunction<Run> paxos() {
    return number -> {
      var report = PaxosScenario.run(number);
      return new Run(report.violation(), report.traceHash(), report.toString());
    };
  }

  private void header(String what) {
    out.printf("sim %s, %s, JDK %s%n", scenario, what, Runtime.version());
  }

  private int runSeeds(LongFunction<Run> runner) {
    header("seeds %d..%d".formatted(seed, seed + count - 1));
    long began = System.nanoTime();
    List<Long> failed = new ArrayList<>();
    int worst = PASSED;
    long runs = 0;
    while (runs < count && (System.nanoTime() - began) / 1_000_000_000L < budgetSeconds) {
      Run run = runner.apply(seed + runs);
      out.println(run.line());
      if (run.code() != PASSED) {
        failed.add(seed + runs);
        worst = worst == LAW_BROKEN ? worst : run.code();
      }
      runs++;
    }
    long seconds = (System.nanoTime() - began) / 1_000_000_000L;
    out.printf("%d runs in %d s, %d failed%n", runs, seconds, failed.size());
    for (long number : failed) {
      out.printf("replay: polarj sim replay --scenario %s --seed %d%n", scenario, number);
    }
    return worst;
  }

  private int replay(LongFunction<Run> runner) {
    header("seed " + seed + ", twice");
    Run first = runner.apply(seed);
    Run second = runner.apply(seed);
    out.println(first.line());
    if (first.traceHash() != second.traceHash() || !first.line().equals(second.line())) {
      out.println("the second run differs: " + second.line());
      return NOT_DETERMINISTIC;
    }
    return first.code();
  }

  private int model() {
    header("every history of at most four terms");
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
