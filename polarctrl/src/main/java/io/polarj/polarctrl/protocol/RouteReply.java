package io.polarj.polarctrl.protocol;

import java.util.List;
import java.util.Objects;

/** The routes of the asked-for chunks that exist, in chunk order. */
public record RouteReply(long requestId, VolumeInfo volume, List<ChunkRoute> routes)
    implements CtrlReply {
  public RouteReply {
    Objects.requireNonNull(volume, "volume");
    routes = List.copyOf(routes);
  }
}
