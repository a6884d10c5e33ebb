package io.polarj.sim;

import io.polarj.platform.random.RandomStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs drawn scenarios on all cores until time is up or a run fails. */
final class Fuzz {
  private static final long SECOND = 1_000_000_000L;
  private static final long STATUS_NANOS = 10 * SECOND;

  private final PrintStream out;
  private final long firstSeed;
  private final long endNanos;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();
  private final AtomicReference<Failure> failure = new AtomicReference<>();
  private final Coverage coverage = new Coverage();

  private record Failure(NamedScenario scenario, long seed, Run run) {}

  Fuzz(PrintStream out, long firstSeed, long budgetSeconds) {
    this.out = out;
    this.firstSeed = firstSeed;
    this.endNanos = System.nanoTime() + budgetSeconds * SECOND;
  }

  int fuzz(int threads) {
    out.printf(
        "sim fuzz, first seed %d, %d threads, JDK %s%n", firstSeed, threads, Runtime.version());
    long began = System.nanoTime();
    Workers.run(threads, this::work);
    Failure found = failure.get();
    out.printf(
        "%d runs in %d s; never reached: %s%n",
        finished.get(), (System.nanoTime() - began) / SECOND, coverage.neverReached());
    if (found == null) {
      return SimCommand.PASSED;
    }
    out.println(found.run.line());
    out.printf(
        "replay: polarj sim replay --scenario %s --seed %d%n", found.scenario.title(), found.seed);
    return found.run.code();
  }

  private void work(int worker) {
    long told = System.nanoTime();
    while (failure.get() == null && System.nanoTime() < endNanos) {
      long seed = firstSeed + next.getAndIncrement();
      NamedScenario scenario = NamedScenario.draw(new RandomStream(seed).split("scenario"));
      Run run = scenario.run(seed);
      finished.incrementAndGet();
      synchronized (coverage) {
        coverage.add(run.trace().probes());
      }
      if (!run.passed()) {
        failure.compareAndSet(null, new Failure(scenario, seed, run));
      }
      if (worker == 0 && System.nanoTime() - told > STATUS_NANOS) {
        told = System.nanoTime();
        out.printf("%d runs, now %s seed %d%n", finished.get(), scenario.title(), seed);
      }
    }
  }
}
