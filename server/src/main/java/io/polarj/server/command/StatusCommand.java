package io.polarj.server.command;

import io.polarj.polarctrl.protocol.NodeStatus;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.ServiceKind;
import io.polarj.polarctrl.protocol.ServiceStatus;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.server.config.ByteSize;
import io.polarj.server.config.DataDirectory;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code polarj status}: roles, ports, LSNs and lag of a running cluster. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show the roles of a running cluster, their ports, LSNs and lag.")
public final class StatusCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Override
  public Integer call() {
    if (!DataDirectory.inUse(data.path())) {
      System.out.println("stopped: nothing runs in " + data.path());
      return 0;
    }
    try (RemoteCtrl remote = RemoteCtrl.open(data.path())) {
      StatusReply status = remote.ctrl().status();
      System.out.printf("polarctrl      %-22s live%n", remote.cluster().polarCtrl());
      status.nodes().forEach(StatusCommand::print);
      status.volumes().forEach(StatusCommand::print);
      services(status.services());
      return 0;
    } catch (IOException e) {
      throw new StartException(
          "polarctrl does not answer ("
              + e.getMessage()
              + "); the data path may be well without it",
          e);
    }
  }

  private static void print(NodeStatus node) {
    System.out.printf(
        "chunkserver %-2d %-22s %s, disk %s %s, %s of %s free, %d chunks, leads %d%n",
        node.node(),
        node.address(),
        node.live() ? "live" : "DOWN",
        node.disk(),
        node.diskMessage(),
        ByteSize.format(node.freeBlocks() << 16),
        ByteSize.format(node.totalBlocks() << 16),
        node.chunks(),
        node.leaders());
  }

  private static void print(VolumeInfo volume) {
    System.out.printf(
        "volume         %-22s %s in chunks of %s, %d replicas, writer %s, epoch %d%n",
        volume.name(),
        ByteSize.format(volume.sizeBytes()),
        ByteSize.format(volume.chunkBytes()),
        volume.replicas(),
        volume.writer().isEmpty() ? "none" : volume.writer(),
        volume.epoch());
  }

  private static void services(List<ServiceStatus> services) {
    long newest =
        services.stream()
            .filter(s -> s.service().kind() == ServiceKind.PRIMARY)
            .mapToLong(s -> s.service().durableLsn())
            .max()
            .orElse(0);
    services.stream()
        .sorted(
            Comparator.comparing((ServiceStatus s) -> s.service().kind())
                .thenComparing(s -> s.service().name()))
        .forEach(status -> print(status, newest));
  }

  private static void print(ServiceStatus status, long newest) {
    ServiceInfo service = status.service();
    String state = status.live() ? service.state() : "DOWN for " + status.ageMillis() + " ms";
    if (service.kind() == ServiceKind.PRIMARY) {
      System.out.printf(
          "%-14s %-22s %s, durable LSN %d, newest LSN %d%n",
          service.name(), service.address(), state, service.durableLsn(), service.appliedLsn());
    } else {
      System.out.printf(
          "%-14s %-22s %s, applied LSN %d, lag %d bytes%n",
          service.name(),
          service.address(),
          state,
          service.appliedLsn(),
          Math.max(0, newest - service.appliedLsn()));
    }
  }
}
