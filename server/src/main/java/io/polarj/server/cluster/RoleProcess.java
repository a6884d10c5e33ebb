package io.polarj.server.cluster;

import io.polarj.server.config.StartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One role's process, kept running: when it dies without being told to, it is started again after a
 * pause. What it prints goes to its log file.
 */
final class RoleProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoleProcess.class);
  private static final long RESTART_PAUSE_MILLIS = 1000;
  private static final long READY_LIMIT_SECONDS = 300;
  private static final String READY = "ready ";

  private final String name;
  private final List<String> command;
  private final Path log;
  private final CompletableFuture<String> firstReady = new CompletableFuture<>();
  private final Thread keeper;
  private volatile Process process;
  private volatile boolean closing;
  private volatile String lastLine = "";

  RoleProcess(String name, List<String> command, Path logDirectory) {
    this.name = name;
    this.command = command;
    this.log = logDirectory.resolve(name + ".log");
    this.keeper = Thread.ofPlatform().name("keeper-" + name).daemon(true).start(this::keep);
  }

  /** What the role says of itself once it serves for the first time. */
  String awaitReady() {
    try {
      return firstReady.get(READY_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StartException(name + " is not ready after 5 minutes; see " + log, e);
    } catch (ExecutionException e) {
      throw new StartException(name + " did not start: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while " + name + " was starting", e);
    }
  }

  private void keep() {
    while (!closing) {
      try {
        int code = runOnce();
        if (closing) {
          return;
        }
        if (!firstReady.isDone()) {
          firstReady.completeExceptionally(
              new IOException(lastLine.isEmpty() ? "exit code " + code : lastLine));
          return;
        }
        LOG.warn("{} ended with code {}; it is started again", name, code);
        TimeUnit.MILLISECONDS.sleep(RESTART_PAUSE_MILLIS);
      } catch (IOException e) {
        firstReady.completeExceptionally(e);
        LOG.error("{} can't be run", name, e);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private int runOnce() throws IOException, InterruptedException {
    Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
    process = started;
    if (closing) {
      started.destroy();
    }
    try (PrintWriter out =
            new PrintWriter(
                Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(line);
        if (line.startsWith(READY)) {
          firstReady.complete(line.substring(READY.length()));
        } else if (!line.isBlank()) {
          lastLine = line;
        }
      }
    }
    return started.waitFor();
  }

  @Override
  public void close() {
    closing = true;
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        LOG.error("{} (pid {}) did not stop within 30 s and is killed", name, running.pid());
        running.destroyForcibly();
      }
      keeper.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
