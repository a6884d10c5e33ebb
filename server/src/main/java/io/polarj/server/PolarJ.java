package io.polarj.server;

import io.polarj.bench.BenchCommand;
import io.polarj.server.command.CheckCommand;
import io.polarj.server.command.DownCommand;
import io.polarj.server.command.RoleCommand;
import io.polarj.server.command.SettingsCommand;
import io.polarj.server.command.SimulationCommand;
import io.polarj.server.command.StatusCommand;
import io.polarj.server.command.UpCommand;
import io.polarj.server.config.StartException;
import io.polarj.server.ctl.CtlCommand;
import io.polarj.server.pfs.PfsCommand;
import io.polarj.server.trial.FailoverCommand;
import io.polarj.server.trial.FaultsCommand;
import io.polarj.server.trial.RecoveryCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code polarj} program. */
@Command(
    name = "polarj",
    mixinStandardHelpOptions = true,
    version = "PolarJ 0.1.0",
    description = "A shared-storage relational database that MySQL clients talk to.",
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      CtlCommand.class,
      CheckCommand.class,
      PfsCommand.class,
      SettingsCommand.class,
      RoleCommand.class,
      SimulationCommand.class,
      BenchCommand.class
    })
public final class PolarJ implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PolarJ.class);

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs a command line and returns the exit code: 0 done, 1 refused or failed, 2 not understood.
   */
  static int run(String... arguments) {
    CommandLine line = new CommandLine(new PolarJ());
    line.getSubcommands().get("bench").addSubcommand(new FaultsCommand());
    line.getSubcommands().get("bench").addSubcommand(new FailoverCommand());
    line.getSubcommands().get("bench").addSubcommand(new RecoveryCommand());
    line.getSubcommands().get("sim").setUnmatchedOptionsArePositionalParams(true);
    line.setExecutionExceptionHandler((e, command, result) -> {
      if (e instanceof StartException) {
        LOG.debug("refused", e);
        command.getErr().println("polarj: " + e.getMessage());
      } else {
        LOG.error("polarj {} failed", String.join(" ", arguments), e);
        command.getErr().println("polarj: internal error: " + e + " (the log has more)");
      }
      command.getErr().flush();
      return 1;
    });
    return line.execute(arguments);
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
