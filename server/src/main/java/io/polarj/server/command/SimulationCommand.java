package io.polarj.server.command;

import io.polarj.sim.SimCommand;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code polarj sim}: seeded fault scenarios of the production classes on the simulated platform.
 */
@Command(
    name = "sim",
    description =
        "Run or replay simulated fault scenarios: run|replay --scenario NAME --seed N ...")
public final class SimulationCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", description = "What to run; `polarj sim` alone explains.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    return SimCommand.run(arguments, System.out);
  }
}
