// The `polarj bench` group of commands: load generators that talk to any MySQL-protocol server.
package io.polarj.bench;

import io.polarj.bench.sysbench.SysbenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code polarj bench}: the benchmarks of this module. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Load generators for any server that speaks the MySQL protocol.",
    subcommands = {SysbenchCommand.class})
public final class BenchCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
