package io.polarj.server.command;

import io.polarj.server.cluster.Cluster;
import io.polarj.server.cluster.ClusterStart;
import io.polarj.server.cluster.Detached;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code polarj up}: starts a cluster and stays until it is told to stop. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Start a cluster: one primary and its read replicas, on replicated storage.")
public final class UpCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Option(
      names = "--readers",
      defaultValue = "2",
      description = "How many read replicas, 0 to 15 (default: 2).")
  private int readers;

  @Option(
      names = "--port",
      defaultValue = "3406",
      description =
          "The primary's port; replicas follow, then the primary's read-only port (default: 3406).")
  private int port;

  @Option(names = "--processes", description = "Give every role a process of its own.")
  private boolean processes;

  @Option(names = "--detach", description = "Return when the cluster is ready to serve.")
  private boolean detach;

  @Override
  public Integer call() throws InterruptedException {
    ClusterStart start = new ClusterStart(data.path(), readers, port, processes);
    if (detach) {
      return Detached.start(start);
    }
    System.out.println("PolarJ starts in " + data.path());
    Cluster cluster = start.run(step -> System.out.println("  starting " + step));
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              System.out.println("stopping");
              cluster.close();
              System.out.println("stopped");
              stopped.countDown();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    cluster.endpoints().forEach(System.out::println);
    System.out.println("ready; stop with Ctrl-C or `polarj down --data " + data.path() + "`");
    System.out.flush();
    stopped.await();
    return 0;
  }
}
