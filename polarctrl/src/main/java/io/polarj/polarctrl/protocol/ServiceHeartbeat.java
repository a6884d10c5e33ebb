package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** A service's sign of life; answered by {@link ServiceHeartbeatReply}. */
public record ServiceHeartbeat(long requestId, long clusterId, ServiceInfo service)
    implements CtrlRequest {
  public ServiceHeartbeat {
    Objects.requireNonNull(service, "service");
  }
}
