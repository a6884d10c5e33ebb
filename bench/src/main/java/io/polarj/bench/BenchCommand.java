// The `polarj bench` group of commands: load generators and micro-benchmarks.
package io.polarj.bench;

import io.polarj.bench.jmh.JmhCommand;
import io.polarj.bench.sysbench.SysbenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code polarj bench}: the benchmarks of this module. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Load generators and micro-benchmarks.",
    subcommands = {SysbenchCommand.class, JmhCommand.class})
public final class BenchCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
