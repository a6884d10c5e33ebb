package io.polarj.bench.sysbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sums over clients, intervals and the warm-up that does not count. */
class ReportTest {
  private final Counts first = new Counts();
  private final Counts second = new Counts();
  private final Report report = new Report(List.of(first, second));

  private static void transaction(Counts counts, long micros) {
    counts.statement(SqlOf.Kind.READ);
    counts.statement(SqlOf.Kind.WRITE);
    counts.statement(SqlOf.Kind.OTHER);
    counts.transactions.increment();
    counts.latencyMicros.recordValue(micros);
  }

  @Test
  void warmUpDoesNotCountAndIntervalsSumUp() {
    transaction(first, 900_000);
    report.reset();
    transaction(first, 1_000);
    transaction(second, 3_000);
    assertThat(report.sample(2_000_000).line(2, 2))
        .isEqualTo("[ 2s ] thds: 2 tps: 1.00 qps: 3.00 lat (ms,95%): 3.00 err/s: 0.00");
    transaction(second, 5_000);
    second.retried.increment();
    assertThat(report.sample(3_000_000).line(3, 2))
        .isEqualTo("[ 3s ] thds: 2 tps: 1.00 qps: 3.00 lat (ms,95%): 5.00 err/s: 1.00");
    assertThat(report.transactionsPerSecond()).isEqualTo(1.0);
  }

  @Test
  void summaryNamesTheFiguresAsSysbenchDoes() {
    report.reset();
    transaction(first, 1_000);
    report.sample(1_000_000);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .containsPattern("transactions: +1 \\(1.00 per sec.\\)")
        .containsPattern("queries: +3 \\(3.00 per sec.\\)")
        .containsPattern("95th percentile: +1.00");
  }
}
