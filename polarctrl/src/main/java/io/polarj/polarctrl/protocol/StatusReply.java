package io.polarj.polarctrl.protocol;

import java.util.List;

/** The cluster at this moment. */
public record StatusReply(
    long requestId,
    long clusterId,
    List<NodeStatus> nodes,
    List<ServiceStatus> services,
    List<VolumeInfo> volumes)
    implements CtrlReply {
  public StatusReply {
    nodes = List.copyOf(nodes);
    services = List.copyOf(services);
    volumes = List.copyOf(volumes);
  }
}
