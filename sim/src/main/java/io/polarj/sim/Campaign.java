package io.polarj.sim;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs many seeds of all scenarios, each its share, on all cores. What is done is kept in a file,
 * one line per batch of seeds, so that a campaign that was stopped goes on where it was.
 */
final class Campaign {
  private static final int BATCH = 100;
  private static final long SECOND = 1_000_000_000L;
  private static final long STATUS_NANOS = 30 * SECOND;

  private final PrintStream out;
  private final Path state;
  private final List<Batch> batches;
  private final String header;
  private final TreeMap<Integer, BatchResult> done = new TreeMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private int stopAfter = Integer.MAX_VALUE;

  /** Seeds of one scenario. */
  record Batch(NamedScenario scenario, long from, int count, double progress) {}

  /** What came of a batch. */
  record BatchResult(long nanos, List<String> failures, TreeMap<String, Long> probes) {}

  Campaign(PrintStream out, Path state, long firstSeed, long seeds) {
    this.out = out;
    this.state = state;
    this.batches = batches(firstSeed, seeds);
    this.header =
        "campaign of %d seeds from %d, %d batches".formatted(seeds, firstSeed, batches.size());
  }

  /** For tests: a campaign that is interrupted. */
  Campaign stoppingAfter(int newBatches) {
    stopAfter = newBatches;
    return this;
  }

  /** In the order of their progress: every scenario is always as far as the others. */
  private static List<Batch> batches(long firstSeed, long seeds) {
    List<Batch> all = new ArrayList<>();
    long shares = Arrays.stream(NamedScenario.values()).mapToInt(NamedScenario::share).sum();
    for (NamedScenario scenario : NamedScenario.values()) {
      long own = Math.max(1, seeds * scenario.share() / shares);
      if (scenario == NamedScenario.RAFT) {
        long others = 0;
        for (NamedScenario other : NamedScenario.values()) {
          others += other == scenario ? 0 : Math.max(1, seeds * other.share() / shares);
        }
        own = Math.max(1, seeds - others);
      }
      for (long at = 0; at < own; at += BATCH) {
        int count = (int) Math.min(BATCH, own - at);
        all.add(new Batch(scenario, firstSeed + at, count, (double) at / own));
      }
    }
    all.sort(Comparator.comparingDouble(Batch::progress));
    return all;
  }

  int run(int threads) {
    resume();
    out.printf(
        "%s, %d done, %d threads, state in %s, JDK %s%n",
        header, done.size(), threads, state, Runtime.version());
    long began = System.nanoTime();
    Workers.run(threads, this::work);
    table((System.nanoTime() - began) / SECOND);
    return done.values().stream().allMatch(result -> result.failures.isEmpty())
        ? SimCommand.PASSED
        : SimCommand.LAW_BROKEN;
  }

  private void resume() {
    try {
      if (!Files.exists(state)) {
        Files.writeString(state, header + "\n");
        return;
      }
      List<String> lines = Files.readAllLines(state);
      if (lines.isEmpty() || !lines.getFirst().equals(header)) {
        throw new IllegalArgumentException(
            state + " belongs to another campaign; remove it or name another file with --state");
      }
      for (String line : lines.subList(1, lines.size())) {
        read(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the state of the campaign can not be read", e);
    }
  }

  private void work(int worker) {
    long told = System.nanoTime();
    int made = 0;
    for (int at = next.getAndIncrement(); at < batches.size(); at = next.getAndIncrement()) {
      boolean known;
      synchronized (done) {
        known = done.containsKey(at);
      }
      if (known) {
        continue;
      }
      if (made++ >= stopAfter) {
        return;
      }
      finished(at, run(batches.get(at)));
      if (worker == 0 && System.nanoTime() - told > STATUS_NANOS) {
        told = System.nanoTime();
        status();
      }
    }
  }

  private static BatchResult run(Batch batch) {
    long began = System.nanoTime();
    List<String> failures = new ArrayList<>();
    TreeMap<String, Long> probes = new TreeMap<>();
    for (long seed = batch.from; seed < batch.from + batch.count; seed++) {
      Run run = batch.scenario.run(seed);
      run.trace().probes().forEach((name, count) -> probes.merge(name, count, Long::sum));
      if (!run.passed()) {
        failures.add(seed + " " + run.violation());
      }
    }
    return new BatchResult(System.nanoTime() - began, failures, probes);
  }

  private void finished(int number, BatchResult result) {
    synchronized (done) {
      done.put(number, result);
      try {
        Files.writeString(state, line(number, result) + "\n", StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException("the state of the campaign can not be written", e);
      }
      for (String failure : result.failures) {
        out.println("FAILED " + batches.get(number).scenario.title() + " seed " + failure);
      }
    }
  }

  private static String line(int number, BatchResult result) {
    StringBuilder text = new StringBuilder();
    text.append(number).append('\t').append(result.nanos).append('\t');
    result.probes.forEach((name, count) -> text.append(name).append('=').append(count).append(' '));
    for (String failure : result.failures) {
      text.append('\t').append(failure.replaceAll("[\\t\\n]", " "));
    }
    return text.append("\t.").toString();
  }

  /** A line without its last mark was cut off when the campaign was stopped. */
  private void read(String line) {
    String[] parts = line.split("\t");
    if (parts.length < 4 || !parts[parts.length - 1].equals(".")) {
      return;
    }
    TreeMap<String, Long> probes = new TreeMap<>();
    for (String probe : parts[2].isBlank() ? new String[0] : parts[2].split(" ")) {
      int at = probe.indexOf('=');
      probes.put(probe.substring(0, at), Long.parseLong(probe.substring(at + 1)));
    }
    List<String> failures = List.of(parts).subList(3, parts.length - 1);
    done.put(
        Integer.parseInt(parts[0]), new BatchResult(Long.parseLong(parts[1]), failures, probes));
  }

  private void status() {
    synchronized (done) {
      long failed = done.values().stream().mapToLong(result -> result.failures.size()).sum();
      out.printf("%d of %d batches, %d seeds failed%n", done.size(), batches.size(), failed);
    }
  }

  private void table(long seconds) {
    Coverage coverage = new Coverage();
    out.printf("%n%-14s %8s %9s %9s %8s%n", "scenario", "seeds", "failures", "busy s", "ms/seed");
    long allSeeds = 0;
    long allFailures = 0;
    for (NamedScenario scenario : NamedScenario.values()) {
      long seeds = 0;
      long nanos = 0;
      long failures = 0;
      for (int number : done.keySet()) {
        if (batches.get(number).scenario == scenario) {
          BatchResult result = done.get(number);
          seeds += batches.get(number).count;
          nanos += result.nanos;
          failures += result.failures.size();
          coverage.add(result.probes);
        }
      }
      out.printf(
          "%-14s %8d %9d %9d %8.1f%n",
          scenario.title(), seeds, failures, nanos / SECOND, nanos / 1e6 / Math.max(1, seeds));
      allSeeds += seeds;
      allFailures += failures;
    }
    out.printf("%-14s %8d %9d%n%n", "all", allSeeds, allFailures);
    coverage.counts().forEach((name, count) -> out.printf("%12d %s%n", count, name));
    out.printf("never reached: %s%n", coverage.neverReached());
    done.forEach((number, result) -> {
      for (String failure : result.failures) {
        out.printf(
            "replay: polarj sim replay --scenario %s --seed %s%n",
            batches.get(number).scenario.title(), failure);
      }
    });
    out.printf(
        "%d seeds, %d failed, %d of %d batches, %d s this time%n",
        allSeeds, allFailures, done.size(), batches.size(), seconds);
  }
}
