package io.polarj.server.trial;

import io.polarj.server.config.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code polarj bench faults}: see {@link FaultTrial}. */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description =
        "Kill, stop and wipe the processes of a storage cluster under verified I/O;"
            + " exit code 1 when a block was lost, stale or torn.")
public final class FaultsCommand implements Callable<Integer> {
  @Option(names = "--minutes", defaultValue = "10", description = "How long (${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--servers",
      defaultValue = "5",
      description = "ChunkServers, 3 to 8; wipes need 4.")
  private int servers;

  @Option(names = "--seed", defaultValue = "1", description = "Of faults and of what is written.")
  private long seed;

  @Option(names = "--pages", defaultValue = "4000", description = "Pages of 16 KiB in use.")
  private int pages;

  @Option(names = "--port", defaultValue = "24300", description = "PolarCtrl's; others follow.")
  private int port;

  @Option(
      names = "--data",
      description = "A new directory, kept afterwards; else a temporary one, kept after a failure.")
  private Path data;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (servers < 3 || servers > 8) {
      throw new StartException("--servers " + servers + " is not in 3..8");
    }
    if (data != null && Files.exists(data)) {
      throw new StartException(data + " exists; a trial wants a new directory");
    }
    Path directory = data == null ? Files.createTempDirectory("polarj-faults") : data;
    FaultTrial.Plan plan =
        new FaultTrial.Plan(
            directory.toAbsolutePath(),
            servers,
            port,
            (long) (minutes * 60_000),
            seed,
            pages,
            servers > 3);
    List<String> findings = new FaultTrial(plan, System.out::println).run();
    if (findings.isEmpty() && data == null) {
      StorageProcesses.delete(directory);
    } else {
      System.out.println("logs and disks are in " + directory);
    }
    return findings.isEmpty() ? 0 : 1;
  }
}
