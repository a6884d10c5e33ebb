package io.polarj.polarctrl.state;

import io.polarj.storage.protocol.ChunkId;
import java.util.List;

/** Where a chunk's replicas are. */
public record StoredChunk(ChunkId chunk, List<Integer> nodes) {
  public StoredChunk {
    nodes = List.copyOf(nodes);
  }
}
