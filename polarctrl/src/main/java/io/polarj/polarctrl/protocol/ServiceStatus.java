package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** A service as PolarCtrl last heard of it. */
public record ServiceStatus(ServiceInfo service, boolean live, long ageMillis) {
  public ServiceStatus {
    Objects.requireNonNull(service, "service");
  }
}
