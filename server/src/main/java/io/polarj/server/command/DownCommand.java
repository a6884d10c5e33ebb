package io.polarj.server.command;

import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.StartException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code polarj down}: stops the cluster of a data directory and waits for its end. */
@Command(name = "down", mixinStandardHelpOptions = true, description = "Stop a running cluster.")
public final class DownCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  @Mixin private DataOption data;

  @Override
  public Integer call() throws InterruptedException {
    if (!DataDirectory.inUse(data.path())) {
      System.out.println("nothing runs in " + data.path());
      return 0;
    }
    Long pid = DataDirectory.readPid(data.path());
    ProcessHandle process = pid == null ? null : ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      throw new StartException(
          "the data directory " + data.path() + " is in use, but its polarj.pid names no process");
    }
    process.destroy();
    try {
      process.onExit().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new StartException(
          "process " + pid + " did not stop within " + LIMIT.toSeconds() + " s", e);
    }
    System.out.println("stopped");
    return 0;
  }
}
