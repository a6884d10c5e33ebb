package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.ServiceStatus;
import java.util.List;
import java.util.TreeMap;

/** Database nodes and PolarSwitches, as they last reported. They report again after a restart. */
final class ServiceTable {
  private static final long FORGET_NANOS = 600_000_000_000L;

  private record Entry(ServiceInfo info, long heardNanos) {}

  private final TreeMap<String, Entry> services = new TreeMap<>();
  private final long leaseNanos;

  ServiceTable(long leaseNanos) {
    this.leaseNanos = leaseNanos;
  }

  void heard(ServiceInfo info, long nowNanos) {
    services.put(info.name(), new Entry(info, nowNanos));
  }

  void tick(long nowNanos) {
    services.values().removeIf(entry -> nowNanos - entry.heardNanos() > FORGET_NANOS);
  }

  List<ServiceStatus> status(long nowNanos) {
    return services.values().stream()
        .map(entry -> {
          long age = nowNanos - entry.heardNanos();
          return new ServiceStatus(entry.info(), age < leaseNanos, age / 1_000_000);
        })
        .toList();
  }
}
