// One role of a trial as a process of its own that can be killed, stopped and started again.
package io.polarj.server.trial;

import io.polarj.server.cluster.JavaCommand;
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

/**
 * Faults come from one thread. Signals go to the process's id alone; the role ends by itself when
 * this process does, for its standard input ends then.
 */
final class RoleJvm implements AutoCloseable {
  private static final long READY_SECONDS = 120;
  private static final String READY = "ready ";

  private final String name;
  private final List<String> command;
  private final Path log;
  private volatile Process process;
  private volatile CompletableFuture<Void> ready;
  private boolean stopped;

  RoleJvm(String name, List<String> jvmOptions, List<String> arguments, Path logs) {
    this.name = name;
    this.command = JavaCommand.of(jvmOptions, arguments);
    this.log = logs.resolve(name + ".log");
  }

  String name() {
    return name;
  }

  Path log() {
    return log;
  }

  long pid() {
    return process.pid();
  }

  void start() {
    try {
      CompletableFuture<Void> serves = new CompletableFuture<>();
      Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
      ready = serves;
      process = started;
      Thread.ofPlatform().name("log-" + name).daemon(true).start(() -> copyLog(started, serves));
    } catch (IOException e) {
      throw new StartException(name + " can't be started: " + e.getMessage(), e);
    }
  }

  private void copyLog(Process from, CompletableFuture<Void> serves) {
    try (PrintWriter out =
            new PrintWriter(
                Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(line);
        if (line.startsWith(READY)) {
          serves.complete(null);
        }
      }
      serves.completeExceptionally(new IOException("it ended; see " + log));
    } catch (IOException e) {
      serves.completeExceptionally(e);
    }
  }

  void awaitReady() {
    try {
      ready.get(READY_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new StartException(name + " did not start: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new StartException(name + " is not ready after " + READY_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while " + name + " was starting", e);
    }
  }

  /** SIGKILL; returns when the process is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopped = false;
  }

  /** SIGSTOP: it holds its sockets and does nothing. */
  void stop() {
    signal("STOP");
    stopped = true;
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
    stopped = false;
  }

  private void signal(String signal) {
    try {
      Process sent = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid())).start();
      if (sent.waitFor() != 0) {
        throw new StartException("SIG" + signal + " did not reach " + name + ", pid " + pid());
      }
    } catch (IOException e) {
      throw new StartException("the command kill can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }

  /** CPU time of the process so far. */
  long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      if (stopped) {
        resume();
      }
      kill();
    }
  }
}
