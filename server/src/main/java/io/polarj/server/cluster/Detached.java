package io.polarj.server.cluster;

import io.polarj.server.config.StartException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a cluster in a process of its own, which outlives this one, and waits until it serves. */
public final class Detached {
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final String READY = "ready;";

  private Detached() {}

  /** Returns the exit code: 0 when the cluster serves. What it printed so far is printed here. */
  public static int start(ClusterStart start) {
    try {
      Path logs = Files.createDirectories(start.data().resolve("log"));
      Path output = logs.resolve("up.out");
      Files.writeString(output, "");
      Process process =
          new ProcessBuilder(command(start))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
      return await(process, output);
    } catch (IOException e) {
      throw new StartException("can't start in the background: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while the cluster was starting", e);
    }
  }

  private static List<String> command(ClusterStart start) {
    List<String> options = new ArrayList<>();
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("-X") || option.startsWith("-D")) {
        options.add(option);
      }
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--data",
                start.data().toString(),
                "--readers",
                String.valueOf(start.readers()),
                "--port",
                String.valueOf(start.port())));
    if (start.processes()) {
      arguments.add("--processes");
    }
    return JavaCommand.of(options, arguments);
  }

  private static int await(Process process, Path output) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    int printed = 0;
    while (true) {
      boolean ended = process.waitFor(100, TimeUnit.MILLISECONDS);
      String text = Files.readString(output);
      int line = text.lastIndexOf('\n') + 1;
      System.out.print(text.substring(printed, Math.max(printed, line)));
      printed = Math.max(printed, line);
      if (text.contains("\n" + READY)) {
        return 0;
      }
      if (ended) {
        System.out.print(text.substring(printed));
        return process.exitValue() == 0 ? 1 : process.exitValue();
      }
      if (System.nanoTime() > deadline) {
        throw new StartException("the cluster is not ready after 10 minutes; see " + output);
      }
    }
  }
}
