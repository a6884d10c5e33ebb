package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.List;

/** All that the store holds. */
public record StoredState(
    List<StoredNode> nodes, List<VolumeInfo> volumes, List<StoredChunk> chunks) {
  public StoredState {
    nodes = List.copyOf(nodes);
    volumes = List.copyOf(volumes);
    chunks = List.copyOf(chunks);
  }
}
