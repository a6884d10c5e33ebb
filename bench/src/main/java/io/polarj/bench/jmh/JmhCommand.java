// `polarj bench jmh [PATTERN]`: runs the micro-benchmarks in this process' JVM settings, in forks.
package io.polarj.bench.jmh;

import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The micro-benchmarks. */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    description = "Micro-benchmarks of the pieces that every statement or commit passes through.")
public final class JmhCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "PATTERN",
      defaultValue = "io.polarj.bench.jmh",
      description = "A regular expression; benchmarks it finds are run (default: all).")
  private String pattern;

  @Option(names = "--forks", defaultValue = "1", description = "Default: 1.")
  private int forks;

  @Option(names = "--warmup", defaultValue = "3", description = "Seconds before (default: 3).")
  private int warmups;

  @Option(names = "--time", defaultValue = "5", description = "Seconds measured (default: 5).")
  private int measured;

  @Override
  public Integer call() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(pattern)
                .forks(forks)
                .warmupIterations(warmups)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(measured)
                .measurementTime(TimeValue.seconds(1))
                .build())
        .run();
    return 0;
  }
}
