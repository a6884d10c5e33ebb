// Sums the clients' counters into the lines that a run prints. Used by the reporting thread alone.
package io.polarj.bench.sysbench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** The figures of a run, in intervals and in total. */
final class Report {
  private static final int DIGITS = 3;
  private static final double MICROS_PER_SECOND = 1e6;

  /** Sums of the counters at a moment. */
  private record Sums(long transactions, long reads, long writes, long others, long retried) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0);

    Sums minus(Sums before) {
      return new Sums(
          transactions - before.transactions,
          reads - before.reads,
          writes - before.writes,
          others - before.others,
          retried - before.retried);
    }

    long queries() {
      return reads + writes + others;
    }
  }

  /** What happened in one interval. */
  record Sample(
      double seconds, long transactions, long queries, long retried, long latency95Micros) {
    String line(int second, int threads) {
      return String.format(
          Locale.ROOT,
          "[ %ds ] thds: %d tps: %.2f qps: %.2f lat (ms,95%%): %.2f err/s: %.2f",
          second,
          threads,
          transactions / seconds,
          queries / seconds,
          latency95Micros / 1e3,
          retried / seconds);
    }
  }

  private final List<Counts> counts;
  private final Histogram latencyMicros = new Histogram(DIGITS);
  private Sums origin = Sums.NONE;
  private Sums latest = Sums.NONE;
  private long latestMicros;

  Report(List<Counts> counts) {
    this.counts = counts;
  }

  /** Forgets what was counted so far. */
  void reset() {
    origin = sums();
    latest = origin;
    for (Counts client : counts) {
      client.latencyMicros.reset();
    }
  }

  /** The interval since the last call, which also goes into the total. */
  Sample sample(long sinceStartMicros) {
    Sums now = sums();
    Sums step = now.minus(latest);
    Histogram interval = new Histogram(DIGITS);
    for (Counts client : counts) {
      interval.add(client.latencyMicros.getIntervalHistogram());
    }
    latencyMicros.add(interval);
    double seconds = (sinceStartMicros - latestMicros) / MICROS_PER_SECOND;
    latest = now;
    latestMicros = sinceStartMicros;
    return new Sample(
        seconds,
        step.transactions,
        step.queries(),
        step.retried,
        interval.getValueAtPercentile(95));
  }

  private Sums sums() {
    return new Sums(
        sum(c -> c.transactions),
        sum(c -> c.reads),
        sum(c -> c.writes),
        sum(c -> c.others),
        sum(c -> c.retried));
  }

  private long sum(Function<Counts, LongAdder> counter) {
    long sum = 0;
    for (Counts client : counts) {
      sum += counter.apply(client).sum();
    }
    return sum;
  }

  double transactionsPerSecond() {
    return latest.minus(origin).transactions * MICROS_PER_SECOND / latestMicros;
  }

  /** The summary, in the order and wording of sysbench's. */
  void print(PrintStream out) {
    Sums sums = latest.minus(origin);
    double seconds = latestMicros / MICROS_PER_SECOND;
    out.println("SQL statistics:");
    out.println("    queries performed:");
    line(out, "        read:", sums.reads);
    line(out, "        write:", sums.writes);
    line(out, "        other:", sums.others);
    line(out, "        total:", sums.queries());
    rate(out, "    transactions:", sums.transactions, seconds);
    rate(out, "    queries:", sums.queries(), seconds);
    rate(out, "    ignored errors:", sums.retried, seconds);
    out.println();
    out.println("General statistics:");
    out.printf(Locale.ROOT, "    %-36s %.4fs%n", "total time:", seconds);
    line(out, "    total number of events:", sums.transactions);
    out.println();
    out.println("Latency (ms):");
    millis(out, "min:", latencyMicros.getTotalCount() == 0 ? 0 : latencyMicros.getMinValue());
    millis(out, "avg:", latencyMicros.getMean());
    millis(out, "median:", latencyMicros.getValueAtPercentile(50));
    millis(out, "95th percentile:", latencyMicros.getValueAtPercentile(95));
    millis(out, "99th percentile:", latencyMicros.getValueAtPercentile(99));
    millis(out, "max:", latencyMicros.getMaxValue());
  }

  private static void line(PrintStream out, String name, long value) {
    out.printf(Locale.ROOT, "%-40s %d%n", name, value);
  }

  private static void rate(PrintStream out, String name, long value, double seconds) {
    out.printf(Locale.ROOT, "%-40s %d (%.2f per sec.)%n", name, value, value / seconds);
  }

  private static void millis(PrintStream out, String name, double micros) {
    out.printf(Locale.ROOT, "         %-31s %.2f%n", name, micros / 1e3);
  }
}
